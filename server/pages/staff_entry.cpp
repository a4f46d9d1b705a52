#include "server/pages/staff_entry.h"

#include "base/json_text.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"

namespace khaosat {

namespace {

constexpr FormLimits kSmallForm = {.fields = 20, .name_bytes = 40, .value_bytes = 4000};

std::string text(const FormData& form, std::string_view name) {
  const auto value = form.one(name);
  return value ? std::string(*value) : std::string();
}

std::string cookie(const std::string& token, bool forget) {
  return std::string(kSessionCookie) + "=" + token + "; Path=/; Secure; HttpOnly; SameSite=Strict" +
         (forget ? "; Max-Age=0" : "");
}

// Stays when the session is over: a kiosk is a device on which nobody of the office works.
constexpr const char* kOfficeMark = "=1; Path=/; Max-Age=7776000; Secure; HttpOnly; SameSite=Strict";

HttpResponse signed_in_page(std::string where, const std::string& token) {
  HttpResponse response = HttpResponse::redirect(std::move(where));
  response.with_header("Set-Cookie", cookie(token, false));
  return std::move(response.with_header("Set-Cookie", kOfficeCookie + std::string(kOfficeMark)));
}

HttpResponse setup_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  View view = staff_view(app, request, say(app, request, "staff.setup.title"));
  view.set("token", text(typed, "token"));
  StaffFields fields(app, request, "account", typed, std::move(wrong));
  fields.input("name", "text", "username").input("display_name", "text", "name");
  fields.input("password", "password", "new-password").input("password_again", "password", "new-password");
  fields.put(view);
  return staff_page(app, request, "setup", view, fields.has_wrong() ? 422 : 200);
}

HttpResponse sign_in_page(const App& app, const Request& request, const FormData& typed, const std::string& next,
                      const Error* refused) {
  View view = staff_view(app, request, say(app, request, "staff.sign_in.title"));
  view.set("next", next);
  std::vector<FieldWrong> wrong;
  if (refused) wrong.push_back({"name", app.locales.sentence(request.language, *refused)});
  StaffFields fields(app, request, "sign_in", typed, std::move(wrong));
  fields.input("name", "text", "username").input("password", "password", "current-password");
  fields.put(view);
  return staff_page(app, request, "sign_in", view, refused ? http_status_of(refused->code) : 200);
}

}  // namespace

Result<HttpResponse> show_setup(const App& app, const Request& request) {
  TRY_VOID(check_entrance(request));
  const auto token = request.query.one("token");
  if (!token || !TRY(app.accounts.all()).empty()) {
    return staff_error_page(app, {ErrorCode::setup_link_refused, "there is an account already, or no token", "", {}}, request);
  }
  return setup_page(app, request, typed_from({{"token", std::string(*token)}}), {});
}

Result<HttpResponse> do_setup(const App& app, const Request& request) {
  TRY_VOID(check_entrance(request));
  const FormData form = TRY(read_form(request, kSmallForm));
  const std::string password = text(form, "password");
  if (password != text(form, "password_again")) {
    return setup_page(app, request, form, {{"password_again", say(app, request, "staff.account.passwords_differ")}});
  }
  const std::string name = text(form, "name");
  const auto made = app.accounts.create_first(
      text(form, "token"), {name, text(form, "display_name"), password, Role::administrator});
  if (!made) {
    if (made.error().where.empty()) return fail(made.error());
    return setup_page(app, request, form, {{made.error().where, sentence_of(app, request, {"", "", made.error().code, ""}, "account." + made.error().where)}});
  }
  auto token = app.accounts.sign_in(name, password);
  if (!token) return fail(token.error());
  return signed_in_page("/staff", *token);
}

Result<HttpResponse> show_sign_in(const App& app, const Request& request) {
  TRY_VOID(check_entrance(request));
  const auto next = request.query.one("next");
  return sign_in_page(app, request, {}, local_path(next.value_or("")), nullptr);
}

Result<HttpResponse> do_sign_in(const App& app, const Request& request) {
  TRY_VOID(check_entrance(request));
  const FormData form = TRY(read_form(request, kSmallForm));
  const std::string next = local_path(text(form, "next"));
  auto token = app.accounts.sign_in(text(form, "name"), text(form, "password"));
  if (!token) {
    const ErrorCode code = token.error().code;
    if (code != ErrorCode::sign_in_failed && code != ErrorCode::sign_in_throttled) return fail(token.error());
    return sign_in_page(app, request, form, next, &token.error());
  }
  return signed_in_page(next, *token);
}

Result<HttpResponse> show_session(const App& app, const Request& request) {
  const SignedIn* account = signed_in(request);
  if (!account) return fail(ErrorCode::sign_in_required, "sign in first");
  return HttpResponse::json("{\"csrf\":" + json_quoted(account->csrf) + ",\"left\":" + std::to_string(account->until - app.clock.now()) + "}");
}

Result<HttpResponse> do_sign_out(const App& app, const Request& request) {
  if (const auto token = request.cookie(kSessionCookie)) TRY_VOID(app.accounts.sign_out(*token));
  return HttpResponse::redirect("/staff/sign-in").with_header("Set-Cookie", cookie("", true));
}

}  // namespace khaosat
