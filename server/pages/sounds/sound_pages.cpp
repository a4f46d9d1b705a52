#include "server/pages/sounds/sound_pages.h"

#include "base/json_text.h"
#include "server/http/byte_range.h"
#include "server/pages/kiosk/kiosk_frame.h"

namespace khaosat {

namespace {

// The address holds the content's hash. A kiosk keeps nothing: its cache would tell the next person
// which answers somebody listened to.
HttpResponse kept_for_good(const Request& request, HttpResponse response) {
  response.cache_control = request.cookie(kKioskCookie) ? "no-store" : "public, max-age=31536000, immutable";
  return response;
}

Result<HttpResponse> show_sound(const Recordings& recordings, const Request& request) {
  const auto* set = recordings.with_token(request.params.at(0));
  if (!set) return fail(ErrorCode::not_found, "no such recordings");
  const std::string& name = request.params.at(1);
  if (name == "list.json") {
    HttpResponse list = HttpResponse::json(sound_list_json(*set));
    list.compress = true;
    return kept_for_good(request, std::move(list));
  }
  const auto file = set->files.find(name);
  if (file == set->files.end()) return fail(ErrorCode::not_found, "no such recording");
  const Recording& recording = file->second;
  return kept_for_good(request, ranged_response(request, recording.bytes, "\"" + recording.hash.substr(0, 32) + "\"",
                                                std::string(recording.media_type)));
}

}  // namespace

const RecordingSet* recordings_offered(const Design& design, const CampaignEntry& entry, const std::string& language) {
  if (!design.recordings) return nullptr;
  const auto pinned = entry.recordings.find(language);
  if (pinned == entry.recordings.end()) return nullptr;
  const DefinitionIdentity& identity = entry.questionnaire->identity;
  const auto* set = design.recordings->find(identity.id, identity.version, language);
  return set && !set->reviewed_by.empty() && set->hash == pinned->second ? set : nullptr;
}

std::string sound_address(const RecordingSet& set) { return "/sound/" + set.token() + "/"; }

std::string sound_list_json(const RecordingSet& set) {
  std::string files;
  for (const auto& [name, file] : set.files) files += (files.empty() ? "" : ",") + json_quoted(name);
  std::string spoken;
  for (const auto& [what, name] : set.spoken) spoken += (spoken.empty() ? "" : ",\n") + json_quoted(what) + ":" + json_quoted(name);
  return "{\"bytes\":" + std::to_string(set.bytes) + ",\"files\":[" + files + "],\n\"of\":{" + spoken + "}}\n";
}

std::vector<Route> sound_routes(const Recordings& recordings) {
  return {{"GET", "/sound/([0-9a-f]{16})/([a-z0-9_.]{1,200})", Access::everyone, 0,
           [&recordings](const Request& request) { return show_sound(recordings, request); }, "sound"}};
}

}  // namespace khaosat
