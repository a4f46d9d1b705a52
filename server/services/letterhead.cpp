#include "server/services/letterhead.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/csv.h"
#include "base/definition_json.h"
#include "base/json_text.h"
#include "base/text.h"

namespace khaosat {

namespace {
constexpr const char* kKind = "letterhead";
}

const std::vector<std::pair<const char*, std::string Letterhead::*>>& letterhead_fields() {
  static const std::vector<std::pair<const char*, std::string Letterhead::*>> fields = {
      {"above", &Letterhead::above},   {"authority", &Letterhead::authority},
      {"symbol", &Letterhead::symbol}, {"place", &Letterhead::place},
      {"signer_authority", &Letterhead::signer_authority}, {"signer", &Letterhead::signer},
      {"signer_name", &Letterhead::signer_name}, {"recipients", &Letterhead::recipients}};
  return fields;
}

Result<std::optional<Letterhead>> letterhead(Store& store) {
  std::optional<Letterhead> newest;
  for (const auto& record : TRY(store.registry().records(kKind, ""))) {
    const int version = static_cast<int>(integer_from(record.id).value_or(0));
    if (newest && newest->version >= version) continue;
    DefinitionFile parsed = parse_definition(kKind, record.content);
    if (!parsed.root().exists()) return fail(ErrorCode::storage_failed, "the letterhead kept is damaged", record.id);
    Letterhead one;
    for (const auto& [name, member] : letterhead_fields()) one.*member = parsed.root().optional_text(name, {}, 10'000);
    one.version = version;
    one.changed_by = record.author;
    one.changed_on = record.created;
    newest = std::move(one);
  }
  return newest;
}

Result<void> keep_letterhead(Store& store, const Clock& clock, const Letterhead& given, const std::string& account) {
  for (const auto& [name, member] : letterhead_fields()) {
    const bool is_list = member == &Letterhead::recipients;
    if (letter_count(given.*member) > kLetterheadLetters * (is_list ? 10 : 1)) return fail(ErrorCode::too_long, "is too long", name);
  }
  for (const char* required : {"authority", "symbol", "place", "signer"}) {
    const auto& fields = letterhead_fields();
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const auto& one) { return std::string_view(one.first) == required; });
    if (trim(given.*(field->second)).empty()) return fail(ErrorCode::missing_field, "is needed", required);
  }
  const auto now = TRY(letterhead(store));
  std::string content;
  bool is_same = now.has_value();
  for (const auto& [name, member] : letterhead_fields()) {
    content += std::string(content.empty() ? "{\"" : ", \"") + name + "\": " + json_quoted(given.*member);
    is_same = is_same && (*now).*member == given.*member;
  }
  if (is_same) return {};
  content += "}";
  const std::string hash = to_hex(view_of(sha256(content)));
  const std::string id = std::to_string((now ? now->version : 0) + 1);
  TRY_VOID(store.registry().add_record({kKind, id, "", content, hash, clock.now(), account}));
  return store.registry().append_journal({0, clock.now(), account, kKind, id, hash, ""});
}

}  // namespace khaosat
