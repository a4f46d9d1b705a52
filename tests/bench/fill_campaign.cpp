// Answers a whole campaign as fast as the disk allows, through the service that takes answers: what an
// index is computed from must have gone the way of real answers.
//
//   fill_campaign DATA DEFS CAMPAIGN CODES_FILE     one answer for each slip code in the file
#include <atomic>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "server/services/submit_response.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/survey/question_type.h"
#include "server/survey/read_answers.h"

using namespace khaosat;

namespace {

// Every question with options gets one of them, so that conditions decide what is asked.
Answers answers_of(const Questionnaire& questionnaire, std::size_t person) {
  std::mt19937_64 random(person);
  FieldList fields;
  for (const auto& question : questionnaire.questions) {
    if (question.options.empty() || question.other_option()) continue;
    fields.add(question.id, question.options[random() % question.options.size()].id);
  }
  return read_answers(questionnaire, fields, {}).answers;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: fill_campaign DATA DEFS CAMPAIGN CODES_FILE\n", stderr);
    return 2;
  }
  std::vector<std::string> codes;
  std::ifstream file(argv[4]);
  for (std::string code; std::getline(file, code);) codes.push_back(code);
  auto store = SqliteStore::open(argv[1]);
  const auto keys = KeyFolder::open(std::string(argv[1]) + "/keys");
  if (!store || !keys) {
    std::fputs("fill_campaign: the data folder does not open\n", stderr);
    return 1;
  }
  const SystemClock clock;
  CampaignBook book(**store);
  SubmitResponse submit(book, *keys, clock);
  const auto entry = book.find(argv[3]);
  if (!entry) return 1;
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> taken{0};
  std::vector<std::thread> clients;
  for (int client = 0; client < 64; ++client) {
    clients.emplace_back([&] {
      for (std::size_t person = next++; person < codes.size(); person = next++) {
        const Submission submission{to_hex(random_bytes(16)), codes[person], "", Mode::phone, "vi",
                                    answers_of(*(*entry)->questionnaire, person)};
        if (submit.submit(argv[3], submission)) ++taken;
      }
    });
  }
  for (auto& client : clients) client.join();
  std::printf("{\"taken\": %zu}\n", taken.load());
  return taken == codes.size() ? 0 : 1;
}
