#include "server/exports/result_files.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "analysis/disclosure/published_run_json.h"
#include "base/bytes.h"
#include "server/exports/output_file.h"
#include "server/exports/xlsx_book.h"

namespace khaosat::exports {

namespace {

using disclosure::PublishedRun;
using disclosure::PublishedScore;
using disclosure::PublishedState;

struct Known {
  ResultFormat format;
  std::string_view name;
  std::string_view media_type;
};
constexpr std::array kFormats = {
    Known{ResultFormat::csv, "csv", "text/csv; charset=utf-8"},
    Known{ResultFormat::xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    Known{ResultFormat::json, "json", "application/json"},
};

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

int depth_of(const PublishedRun& run, std::size_t node) {
  int depth = 0;
  for (auto at = run.nodes[node].parent; at; at = run.nodes[*at].parent) ++depth;
  return depth;
}

// Empty for a plain value.
std::string state_words(const PublishedScore& score, const Say& say) {
  if (score.state == PublishedState::value) return "";
  if (score.state == PublishedState::at_least || score.state == PublishedState::at_most) {
    return say("export.state." + std::string(name_of(score.state)));
  }
  std::string key = "staff.score." + std::string(name_of(score.state));
  if (score.state == PublishedState::hidden) key += "." + score.reason;
  return say(key);
}

class Workbook {
 public:
  Workbook(XlsxBook& book, const PublishedRun& run, std::string_view language, const Say& say)
      : book_(book), run_(run), language_(language), say_(say) {}

  void write() {
    write_results();
    write_tree();
    write_kept_back();
    write_sources();
  }

 private:
  XlsxBook::Column column(const char* key, double width) const { return {say_(std::string("export.column.") + key), width}; }

  void optional(const std::optional<double>& value, bool survey) {
    if (value) {
      book_.number(*value, survey ? run_.rules.decimals : -1);
    } else {
      book_.empty();
    }
  }

  void write_results() {
    book_.sheet(say_("export.sheet.results"),
                {column("unit", 18), column("unit_name", 24), column("node", 16), column("code", 8), column("title", 48),
                 column("value", 10), column("lower", 10), column("upper", 10), column("n_low", 9), column("n_high", 9),
                 column("rank_from", 8), column("rank_to", 8), column("rank_basis", 26), column("note", 40)});
    for (const auto& unit : run_.units) {
      for (std::size_t node = 0; node < run_.nodes.size(); ++node) {
        const PublishedScore& score = unit.scores[node];
        const bool survey = score.n_high > 0;
        book_.text(unit.id).text(unit.name).text(run_.nodes[node].id).text(run_.nodes[node].code);
        book_.text(std::string(2 * static_cast<std::size_t>(depth_of(run_, node)), ' ') + run_.nodes[node].title.in(language_));
        optional(score.value, survey);
        optional(score.lower, survey);
        optional(score.upper, survey);
        if (survey) {
          book_.number(static_cast<double>(score.n_low), 0).number(static_cast<double>(score.n_high), 0);
        } else {
          book_.empty().empty();
        }
        if (score.rank) {
          book_.number(score.rank->from, 0).number(score.rank->to, 0).text(say_("export.rank_basis." + std::string(name_of(score.rank->basis))));
        } else {
          book_.empty().empty().empty();
        }
        book_.text(state_words(score, say_));
        book_.end_row();
      }
    }
  }

  void write_tree() {
    book_.sheet(say_("export.sheet.tree"),
                {column("node", 20), column("code", 8), column("parent", 20), column("title", 48), column("aggregate", 16),
                 column("source", 14), column("question", 20), column("scoring", 12), column("maximum", 10),
                 column("responsible", 24), column("steps", 60)});
    for (const auto& node : run_.nodes) {
      book_.text(node.id).text(node.code).text(node.parent ? run_.nodes[*node.parent].id : std::string());
      book_.text(node.title.in(language_)).text(node.aggregate).text(node.source).text(node.question).text(node.scoring);
      optional(node.maximum, false);
      book_.text(node.responsible);
      std::string steps;
      for (const auto& step : node.steps) steps += (steps.empty() ? "" : "; ") + step;
      book_.text(steps);
      book_.end_row();
    }
  }

  void write_kept_back() {
    book_.sheet(say_("export.sheet.kept_back"), {column("unit_name", 24), column("node", 16), column("title", 48), column("why", 60)});
    for (const auto& unit : run_.units) {
      for (std::size_t node = 0; node < run_.nodes.size(); ++node) {
        const std::string why = state_words(unit.scores[node], say_);
        if (why.empty()) continue;
        book_.text(unit.name).text(run_.nodes[node].id).text(run_.nodes[node].title.in(language_)).text(why);
        book_.end_row();
      }
    }
  }

  void fact(const char* key, std::string_view value) {
    book_.text(say_(std::string("export.fact.") + key)).text(value);
    book_.end_row();
  }

  void write_sources() {
    book_.sheet(say_("export.sheet.sources"), {column("fact", 36), column("content", 90)});
    fact("model", run_.title.in(language_) + " (" + run_.model.label() + ")");
    fact("model_hash", run_.model.hash);
    fact("issuer", run_.issuer);
    if (run_.example) fact("example", say_("export.fact.example_yes"));
    if (run_.questionnaire) {
      fact("questionnaire", run_.questionnaire->label());
      fact("questionnaire_hash", run_.questionnaire->hash);
      for (const auto& version : run_.earlier_versions) fact("questionnaire_earlier", version.label() + " " + version.hash);
    }
    fact("year", std::to_string(run_.year));
    if (!run_.variant.empty()) fact("variant", run_.variant);
    fact("design", say_("export.design." + run_.design));
    fact("scale", run_.unit_of_scale.in(language_));
    char level[32];
    std::snprintf(level, sizeof level, "%g %%", 100 * run_.level);
    fact("level", level);
    fact("input_hash", run_.input_hash);
    fact("program", run_.program);
    fact("minimum", std::to_string(run_.rules.minimum));
    fact("hidden", std::to_string(run_.hidden));
    for (const auto& parameter : run_.parameters) {
      char value[64];
      std::snprintf(value, sizeof value, "%.15g", parameter.value);
      book_.text(parameter.title.in(language_)).text(std::string(value) + (parameter.assumption.empty() ? "" : ": " + parameter.assumption.in(language_)));
      book_.end_row();
    }
  }

  XlsxBook& book_;
  const PublishedRun& run_;
  std::string_view language_;
  const Say& say_;
};

Result<std::shared_ptr<const OpenFile>> workbook_of(const PublishedRun& run, std::string_view language, const Say& say) {
  return workbook_file([&](XlsxBook& book) { Workbook(book, run, language, say).write(); });
}

}  // namespace

std::optional<ResultFormat> result_format_named(std::string_view name) {
  for (const auto& known : kFormats) {
    if (known.name == name) return known.format;
  }
  return std::nullopt;
}

std::string_view name_of(ResultFormat format) {
  for (const auto& known : kFormats) {
    if (known.format == format) return known.name;
  }
  return "";
}

std::string_view media_type_of(ResultFormat format) {
  for (const auto& known : kFormats) {
    if (known.format == format) return known.media_type;
  }
  return "";
}

Result<std::shared_ptr<const OpenFile>> result_file(const PublishedRun& run, ResultFormat format, std::string_view language, const Say& say) {
  if (format == ResultFormat::xlsx) return workbook_of(run, language, say);
  auto file = TRY(OutputFile::unnamed());
  const auto write = [&](std::string_view piece) { file.write(piece); };
  if (format == ResultFormat::json) {
    disclosure::write_json(run, write);
  } else {
    write(kByteOrderMark);
    disclosure::write_csv(run, language, write);
  }
  return file.finish_unnamed();
}

}  // namespace khaosat::exports
