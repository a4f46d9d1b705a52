#include "server/pages/staff_accounts.h"

#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"

namespace khaosat {

namespace {

std::vector<FieldChoice> role_choices(const App& app, const Request& request) {
  std::vector<FieldChoice> choices;
  for (const Role role : {Role::officer, Role::clerk, Role::analyst, Role::jury, Role::administrator}) {
    const std::string name(name_of(role));
    choices.push_back({name, say(app, request, "staff.role." + name), say(app, request, "staff.role." + name + "_hint")});
  }
  return choices;
}

Result<HttpResponse> accounts_page(const App& app, const Request& request, const FormData& typed,
                               std::vector<FieldWrong> wrong) {
  View view = staff_view(app, request, say(app, request, "staff.accounts.title"), "/staff/accounts");
  const std::string& own_name = signed_in(request)->account;
  for (const auto& account : TRY(app.accounts.all())) {
    View row;
    row.set("account_name", account.name).set("display_name", account.display_name);
    row.set("role", say(app, request, "staff.role." + std::string(name_of(account.role))));
    row.set("active", account.active).set("own", account.name == own_name);
    view.add("accounts", std::move(row));
  }
  StaffFields fields(app, request, "account", typed, std::move(wrong));
  fields.input("name").input("display_name").radios("role", role_choices(app, request));
  fields.input("password", "password", "new-password").input("password_again", "password", "new-password");
  fields.put(view);
  return staff_page(app, request, "accounts", view, fields.has_wrong() ? 422 : 200);
}

}  // namespace

Result<HttpResponse> show_accounts(const App& app, const Request& request) {
  return accounts_page(app, request, typed_from({{"role", "officer"}}), {});
}

Result<HttpResponse> create_account(const App& app, const Request& request, const StaffForm& form) {
  const auto role = role_named(form.text("role"));
  std::vector<FieldWrong> wrong;
  if (!role) wrong.push_back({"role", say(app, request, "staff.account.role_missing")});
  const std::string password(form.fields.one("password").value_or(""));
  if (password != form.fields.one("password_again").value_or("")) {
    wrong.push_back({"password_again", say(app, request, "staff.account.passwords_differ")});
  }
  if (!wrong.empty()) return accounts_page(app, request, form.fields, std::move(wrong));
  const auto made = app.accounts.create({form.text("name"), form.text("display_name"), password, *role},
                                        signed_in(request)->account);
  if (made) return HttpResponse::redirect("/staff/accounts");
  const Error& error = made.error();
  const std::string field = error.code == ErrorCode::already_exists ? "name" : error.where;
  if (http_status_of(error.code) >= 500 || field.empty()) return fail(error);
  return accounts_page(app, request, form.fields,
                       {{field, sentence_of(app, request, {"", "", error.code, ""}, "account." + field)}});
}

Result<HttpResponse> switch_account(const App& app, const Request& request, const StaffForm& form) {
  const std::string& name = request.params.at(0);
  const std::string active = form.text("active");
  if (active != "yes" && active != "no") return fail(ErrorCode::bad_request, "active is yes or no", "active");
  // The last administrator cannot be locked out by mistake: nobody switches off themselves.
  if (name == signed_in(request)->account) return fail(ErrorCode::not_allowed, "nobody switches off themselves", name);
  TRY_VOID(app.accounts.set_active(name, active == "yes", signed_in(request)->account));
  return HttpResponse::redirect("/staff/accounts");
}

}  // namespace khaosat
