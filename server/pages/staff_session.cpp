#include "server/pages/staff_session.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "server/http/same_origin.h"
#include "server/pages/staff_page.h"

namespace khaosat {

namespace {

Result<StaffForm> read_staff_form(const Request& request) {
  StaffForm form;
  if (request.content_type == "multipart/form-data") {
    MultipartLimits limits;
    limits.form.value_bytes = kLongestTable;
    Multipart multipart = TRY(read_multipart(request, limits));
    form.fields = std::move(multipart.fields);
    form.files = std::move(multipart.files);
    return form;
  }
  FormLimits limits;
  limits.value_bytes = kLongestTable;
  form.fields = TRY(read_form(request, limits));
  return form;
}

// True only where the browser itself says that the form came from a page of ours.
bool is_surely_ours(const Request& request) { return request.header("sec-fetch-site") == "same-origin"; }

// Fields that come back to be sent again. Passwords never do, nor the token of a session gone by.
FormData fields_to_keep(const FormData& fields) {
  FormData kept;
  for (const auto& [name, value] : fields.fields()) {
    if (name != kCsrfField && !name.starts_with("password")) kept.add(name, value);
  }
  return kept;
}

}  // namespace

const SignedIn* signed_in(const Request& request) { return std::any_cast<SignedIn>(&request.account); }

Access access_of(Role role) {
  switch (role) {
    case Role::administrator: return Access::administrator;
    case Role::officer: return Access::officer;
    case Role::analyst: return Access::analyst;
    case Role::jury: return Access::jury;
    case Role::clerk: return Access::clerk;
  }
  return Access::everyone;
}

std::function<std::optional<HttpResponse>(const Route&, Request&)> staff_guard(const App& app) {
  return [&app](const Route& route, Request& request) -> std::optional<HttpResponse> {
    const auto token = request.cookie(kSessionCookie);
    auto account = token ? app.accounts.who(*token)
                         : Result<SignedIn>(fail(ErrorCode::sign_in_required, "sign in first"));
    if (!account) {
      if (account.error().code == ErrorCode::sign_in_required && request.is_safe_method()) {
        std::string wanted = request.path;
        if (!request.query.fields().empty()) wanted += "?" + to_urlencoded(request.query);
        return HttpResponse::redirect("/staff/sign-in?" + to_urlencoded(FormData({{"next", wanted}})));
      }
      // Whoever typed for longer than a session lasts signs in beside this page and sends it again.
      if (account.error().code == ErrorCode::sign_in_required && is_surely_ours(request)) {
        if (const auto form = read_staff_form(request)) return resend_page(app, account.error(), request, fields_to_keep(form->fields));
      }
      return staff_error_page(app, account.error(), request);
    }
    request.account = *account;
    if (allows(route.access, Access::signed_in) || allows(route.access, access_of(account->role))) {
      return std::nullopt;
    }
    return staff_error_page(app, {ErrorCode::not_allowed, "the role does not reach this page", route.name, {}}, request);
  };
}

std::string local_path(std::string_view wanted) {
  const bool ours = wanted == "/staff" || wanted.starts_with("/staff/") || wanted.starts_with("/staff?");
  const bool plain = std::all_of(wanted.begin(), wanted.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/-_.~?=&%+").find(c) != std::string_view::npos;
  });
  if (!ours || !plain || wanted.size() > 300 || wanted.find("//") != std::string_view::npos) return "/staff";
  return std::string(wanted);
}

std::string StaffForm::text(std::string_view name) const {
  const auto value = fields.one(name);
  return value ? std::string(trim(*value)) : std::string();
}

std::string StaffForm::file_or_text(std::string_view file_field, std::string_view text_field) const {
  for (const auto& file : files) {
    if (file.field == file_field && !file.bytes.empty()) return file.bytes;
  }
  const auto value = fields.one(text_field);
  return value ? std::string(*value) : std::string();
}

Route staff_get(std::string pattern, Access access, std::string name, Handler handler) {
  return Route{"GET", std::move(pattern), access, 0, std::move(handler), std::move(name)};
}

Route staff_post(const App& app, std::string pattern, Access access, std::size_t body_limit, std::string name, StaffAct act) {
  Handler handler = [&app, act = std::move(act)](const Request& request) -> Result<HttpResponse> {
    const StaffForm form = TRY(read_staff_form(request));
    const SignedIn* account = signed_in(request);
    const auto token = form.fields.one(kCsrfField);
    if (!account || !token || !equal_constant_time(*token, account->csrf)) {
      const Error error{ErrorCode::csrf_refused, "the form does not carry this session's token", "", {}};
      if (account && is_surely_ours(request)) return resend_page(app, error, request, fields_to_keep(form.fields));
      return fail(error);
    }
    return act(request, form);
  };
  return Route{"POST", std::move(pattern), access, body_limit, std::move(handler), std::move(name)};
}

Result<void> check_entrance(const Request& request) {
  if (!request.is_tls && !request.is_loopback) {
    return fail(ErrorCode::tls_required, "staff pages need TLS, or a browser on this machine");
  }
  if (!request.is_safe_method() && !may_be_same_origin(request)) {
    return fail(ErrorCode::csrf_refused, "the form was sent from another site");
  }
  return {};
}

}  // namespace khaosat
