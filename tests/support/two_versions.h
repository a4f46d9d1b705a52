// A small questionnaire in two versions, an index that reads both, and an office that runs a campaign of it.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "server/catalog/catalog.h"
#include "server/services/campaign_service.h"
#include "server/services/compute_index.h"
#include "server/storage/memory_store.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/two_versions_texts.h"

namespace khaosat::test {

class TwoVersions {
 public:
  TwoVersions() : catalog(Catalog::load(write_definitions(folder))) {
    if (!catalog.faults().empty()) throw std::runtime_error(to_text(catalog.faults()));
  }

  // Two villages of one commune, whoever comes answers; open, asking version 1.
  std::string open_campaign(Admission admission = Admission::open) {
    Campaign draft;
    draft.title = LocalText("Khảo sát thử");
    draft.office = "UBND xã thử";
    draft.questionnaire = {"form", 1, ""};
    draft.opens_on = "2026-11-01";
    draft.closes_on = "2026-11-30";
    draft.admission = admission;
    draft.units = {"xa"};
    draft.strata = {{"xa", "Xã", "xa", 0}};
    draft.psus = {{"v1", "Thôn Một", "xa", 0, 60, ""}, {"v2", "Thôn Hai", "xa", 0, 60, ""}};
    Faults faults;
    const auto created = campaigns.create(draft, "test", &faults);
    if (!created) throw std::runtime_error(to_text(faults));
    if (!campaigns.open(created->id, "test")) throw std::runtime_error("not opened");
    return created->id;
  }

  // One person's answers by option id ("~dont_know": an absence; a number for "visits"), sent as `version`.
  Result<Receipt> send(const std::string& campaign, int version, const std::string& place,
                       const std::vector<std::pair<std::string, std::string>>& answered, const std::string& id = {}) {
    const auto entry = as_of_version(*book.find(campaign), version);
    FieldList fields;
    for (const auto& [name, value] : answered) fields.add(name, value);
    const auto read = read_answers(*entry->questionnaire, fields, {});
    if (!read.faults.empty()) return fail(read.faults.front().error);
    const std::string own = id.empty() ? "sent-by-somebody-" + std::to_string(++sent_) : id;
    return submit.submit(campaign, {own, "", place, Mode::phone, "vi", read.answers, version});
  }

  static std::string write_definitions(const test::TemporaryFolder& folder) {
    const auto write = [&](const std::string& kind, const std::string& name, const std::string& text) {
      std::filesystem::create_directories(folder.file(kind));
      std::ofstream(folder.file(kind + "/" + name)) << text;
    };
    write("scales", "three.json", kThreeScale);
    write("questionnaires", "form.json", kVersionOne);
    write("questionnaires", "form.v2.json", kVersionTwo);
    write("index_models", "form_index.json", kFormIndex);
    write("units", "places.json", R"({"schema": "khaosat/units/1", "id": "places", "version": 1, "title": {"vi": "Đơn vị"},
      "units": [{"id": "tinh", "code": "01", "name": {"vi": "Tỉnh"}, "level": "province"},
                {"id": "xa", "code": "02", "name": {"vi": "Xã"}, "level": "commune", "parent": "tinh"}]})");
    return folder.path();
  }

  test::TemporaryFolder folder;
  Catalog catalog;
  MemoryStore store;
  FakeClock clock{1795312800};  // 22 November 2026
  KeyFolder keys = *KeyFolder::open(folder.file("keys"));
  CampaignBook book{store};
  SubmitResponse submit{book, keys, clock};
  CampaignService campaigns{store, catalog, book, submit, keys, clock};
  ComputeIndex index{store, catalog, book};

 private:
  int sent_ = 0;
};

inline VersionRequest second_version() { return {2, "Thêm câu về thời gian", {"clear"}}; }

}  // namespace khaosat::test
