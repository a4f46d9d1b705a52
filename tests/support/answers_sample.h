// A campaign, arrivals and a sealing for tests of the stores. The sealing is no secret, but hides
// the words of an answer from a search through a file, and pads as the real one must.
#pragma once

#include <string>
#include <string_view>

#include "server/storage/answer_store.h"

namespace khaosat::sample {

// Units u1 (strata s1: a, b, c; s2: d) and u2 (s3: e, f). `b` is declared a's neighbour's
// neighbour: a → c, b → none, c → b.
inline Campaign campaign(int batch_size = 10) {
  Campaign result;
  result.id = "test000001";
  result.batch_size = batch_size;
  result.units = {"u1", "u2"};
  result.strata = {{"s1", "", "u1", 0}, {"s2", "", "u1", 0}, {"s3", "", "u2", 0}};
  result.psus = {{"a", "", "s1", 100, 40, "c"}, {"b", "", "s1", 100, 40, ""},
                 {"c", "", "s1", 100, 40, "b"}, {"d", "", "s2", 100, 40, ""},
                 {"e", "", "s3", 100, 40, "f"}, {"f", "", "s3", 100, 40, ""}};
  return result;
}

inline Cell cell_of(std::string_view psu) {
  const Campaign all = campaign();
  const auto* found = all.psu(psu);
  const auto* stratum = all.stratum(found->stratum);
  return {stratum->unit, stratum->id, found->id};
}

inline Digest digest(std::string_view kind, int number) {
  return sha256(std::string(kind) + std::to_string(number));
}

inline std::string seal(const Response& response) {
  std::string text = std::to_string(response.questionnaire_version) + "|" +
                     std::to_string(static_cast<int>(response.mode)) + "|" + response.language +
                     "|" + response.packed + "|";
  text.resize((text.size() + 255) / 256 * 256);
  for (char& c : text) c = static_cast<char>(c ^ 0x5A);
  return text;
}

inline Result<Response> unseal(std::string_view sealed) {
  std::string text(sealed);
  for (char& c : text) c = static_cast<char>(c ^ 0x5A);
  std::string parts[4];
  for (auto& part : parts) {
    const auto end = text.find('|');
    if (end == std::string::npos) return fail(ErrorCode::storage_failed, "not sealed here");
    part = text.substr(0, end);
    text.erase(0, end + 1);
  }
  Response response;
  response.questionnaire_version = std::stoi(parts[0]);
  response.mode = static_cast<Mode>(std::stoi(parts[1]));
  response.language = parts[2];
  response.packed = parts[3];
  return response;
}

inline Response response(std::string packed, Mode mode = Mode::phone, std::string language = "vi") {
  Response result;
  result.questionnaire_version = 1;
  result.mode = mode;
  result.language = std::move(language);
  result.packed = std::move(packed);
  return result;
}

// The n-th person: own submission, slip and words.
inline Arrival arrival(int number, std::string_view psu = "a", bool with_slip = true,
                       Mode mode = Mode::phone, std::string language = "vi") {
  Arrival result;
  result.submission = digest("submission", number);
  result.content = digest("content", number);
  if (with_slip) result.slip = digest("slip", number);
  result.cell = cell_of(psu);
  result.sealed =
      seal(response("person-" + std::to_string(number) + ".", mode, std::move(language)));
  return result;
}

inline std::vector<Digest> slips(int first, int count) {
  std::vector<Digest> list;
  for (int i = 0; i < count; ++i) list.push_back(digest("slip", first + i));
  return list;
}

}  // namespace khaosat::sample
