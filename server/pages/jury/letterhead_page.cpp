// What stands above and below the office's papers, asked once.
#include "server/pages/design.h"
#include "server/pages/jury/jury_pages.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"
#include "server/services/letterhead.h"

namespace khaosat {

namespace {

Result<HttpResponse> letterhead_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  View view = staff_view(app, request, say(app, request, "staff.letterhead.title"), "/staff/awards");
  const auto now = TRY(letterhead(app.store));
  const Role role = signed_in(request)->role;
  view.set("stored", now.has_value()).set("may_write", role == Role::administrator || role == Role::officer);
  if (now) view.set("changed", shown_date(vietnam_date(now->changed_on)) + ", " + now->changed_by).set("version", now->version);
  StaffFields fields(app, request, "letterhead", typed, std::move(wrong));
  fields.input("above").area("authority", 2).input("symbol").narrow().input("place").narrow();
  fields.input("signer_authority").input("signer").input("signer_name").area("recipients", 4);
  fields.put(view, "fields");
  return staff_page(app, request, "letterhead", view, fields.has_wrong() ? 422 : 200);
}

}  // namespace

Result<HttpResponse> show_letterhead(const App& app, const Request& request) {
  const Letterhead now = TRY(letterhead(app.store)).value_or(Letterhead());
  std::vector<std::pair<std::string, std::string>> typed;
  for (const auto& [name, member] : letterhead_fields()) typed.emplace_back(name, now.*member);
  return letterhead_page(app, request, typed_from(std::move(typed)), {});
}

Result<HttpResponse> change_letterhead(const App& app, const Request& request, const StaffForm& form) {
  Letterhead given;
  for (const auto& [name, member] : letterhead_fields()) given.*member = form.text(name);
  const auto kept = keep_letterhead(app.store, app.clock, given, signed_in(request)->account);
  if (kept) return HttpResponse::redirect("/staff/letterhead");
  if (http_status_of(kept.error().code) != 422) return fail(kept.error());
  const char* sentence = kept.error().code == ErrorCode::too_long ? "staff.fault.letterhead.too_long" : "staff.fault.letterhead.missing";
  return letterhead_page(app, request, form.fields, {{kept.error().where, say(app, request, sentence)}});
}

}  // namespace khaosat
