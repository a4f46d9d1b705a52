// What reading alone costs of a submission: from the bytes of a form to typed answers, nothing else.
//
//   parse_cost DEFS BODY_FILE     the body of a form with answers to citizen_satisfaction
//
// One JSON object: microseconds of processor time for one body, the median of short runs.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "server/catalog/catalog.h"
#include "server/http/form_data.h"
#include "server/survey/read_answers.h"

using namespace khaosat;

namespace {

double processor_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

template <typename Step>
double microseconds(Step step) {
  constexpr int kTimes = 200;
  std::vector<double> runs;
  for (int run = 0; run < 15; ++run) {
    const double begin = processor_seconds();
    for (int i = 0; i < kTimes; ++i) step();
    runs.push_back((processor_seconds() - begin) * 1e6 / kTimes);
  }
  std::nth_element(runs.begin(), runs.begin() + 7, runs.end());
  return runs[7];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: parse_cost DEFS BODY_FILE\n", stderr);
    return 2;
  }
  const Catalog catalog = Catalog::load(argv[1]);
  const auto questionnaire = catalog.questionnaire("citizen_satisfaction");
  std::ifstream file(argv[2], std::ios::binary);
  const std::string body((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  AnsweringContext context;
  context.other_fields = {"_consent", "_slip", "_id", "_lang", "_at", "_step"};
  context.names = std::make_shared<const FieldNames>(field_names(*questionnaire, {}));  // as the server keeps them
  std::size_t answered = 0;
  std::size_t faults = 0;
  const auto read = [&] {
    const auto form = parse_urlencoded(body);
    if (!form) return;
    FieldList fields;
    for (const auto& [name, value] : form->fields()) fields.add(name, value);
    const auto answers = read_answers(*questionnaire, fields, context);
    faults = answers.faults.size();
    answered = 0;
    for (std::size_t i = 0; i < questionnaire->questions.size(); ++i) answered += is_answered(answers.answers[i]) ? 1 : 0;
  };
  const double fields_only = microseconds([&] { (void)parse_urlencoded(body).has_value(); });
  const double whole = microseconds(read);
  if (faults > 0 || answered == 0) {
    std::fputs("parse_cost: the body holds no right answers\n", stderr);
    return 1;
  }
  std::printf("{\"fields_us\": %.2f, \"answers_us\": %.2f, \"answered\": %zu, \"bytes\": %zu}\n", fields_only, whole,
              answered, body.size());
  return 0;
}
