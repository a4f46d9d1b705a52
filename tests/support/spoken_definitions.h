// The definitions that ship, with made-up recordings of the exit form in Vietnamese beside them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "server/catalog/catalog.h"
#include "tests/support/silent_sound.h"
#include "tests/support/temporary_folder.h"

namespace khaosat::test {

class SpokenDefinitions {
 public:
  explicit SpokenDefinitions(double seconds = 1.5) : sound_(silent_mp3(seconds)) {
    std::filesystem::copy(KHAOSAT_SOURCE_DIR "/survey_defs", folder_.path(), std::filesystem::copy_options::recursive);
    const Catalog shipped = Catalog::load(folder_.path());
    const std::string place = "questionnaires/exit_one_minute/audio/1/vi/";
    for (const auto& question : shipped.questionnaire("exit_one_minute")->questions) {
      folder_.write(place + question.id + ".mp3", sound_);
      for (const auto& option : question.options) folder_.write(place + question.id + "." + option.id + ".mp3", sound_);
    }
    folder_.write(place + "absence.declined.mp3", sound_);
    folder_.write(place + "reviewed.txt", "Người thử, 22/11/2026\n");
    catalog_ = Catalog::load(folder_.path());
  }
  const Catalog& catalog() const { return catalog_; }
  const std::string& sound() const { return sound_; }

 private:
  TemporaryFolder folder_;
  std::string sound_;
  Catalog catalog_;
};

}  // namespace khaosat::test
