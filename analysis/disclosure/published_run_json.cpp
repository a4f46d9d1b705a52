#include "analysis/disclosure/published_run_json.h"

#include "analysis/index/index_run_json.h"
#include "analysis/index/json_writer.h"
#include "analysis/index/run_calibration_json.h"
#include "base/csv.h"

namespace khaosat::disclosure {
namespace {

using index::JsonWriter;

void write_rules(JsonWriter& out, const DisclosureRules& rules) {
  out.open('{');
  out.key("minimum").integer(rules.minimum);
  out.key("alone_below").integer(rules.alone_below);
  out.key("decimals").integer(static_cast<std::uint64_t>(rules.decimals));
  out.key("homogeneous_bound").number(rules.homogeneous_bound);
  out.key("narrowest").number(rules.narrowest);
  out.close('}');
}

void write_score(JsonWriter& out, const std::string& node, const PublishedScore& score) {
  out.open('{');
  out.key("node").text(node);
  out.key("state").text(name_of(score.state));
  if (!score.reason.empty()) out.key("reason").text(score.reason);
  if (score.value) out.key("value").number(*score.value);
  if (score.lower) out.key("lower").number(*score.lower);
  if (score.upper) out.key("upper").number(*score.upper);
  if (score.lower) out.key("df").number(score.degrees_of_freedom);
  write_rank(out, score.rank);
  if (score.n_high > 0) {
    out.key("n").open('[');
    out.integer(score.n_low);
    out.integer(score.n_high);
    out.close(']');
  }
  if (!score.missing_percent.empty()) {
    out.key("missing_percent").open('{');
    for (std::size_t k = 0; k < score.missing_percent.size(); ++k)
      out.key(sums::name_of(static_cast<sums::Absence>(k)))
          .integer(static_cast<std::uint64_t>(score.missing_percent[k]));
    out.close('}');
  }
  if (score.state == PublishedState::value) {
    out.key("notes").texts(index::names_of(score.notes));
    out.key("flags").texts(index::names_of(score.flags));
  }
  out.close('}');
}

}  // namespace

void write_rank(JsonWriter& out, const std::optional<PublishedRank>& rank) {
  if (!rank) return;
  out.key("rank_from").integer(rank->from);
  out.key("rank_to").integer(rank->to);
  out.key("rank_basis").text(name_of(rank->basis));
}

void write_json(const PublishedRun& run, const Sink& sink) {
  JsonWriter out;
  out.open('{');
  out.key("schema").text("khaosat/published_run/1");
  out.key("model").identity(run.model);
  out.key("title").local(run.title);
  out.key("issuer").text(run.issuer);
  out.key("example").boolean(run.example);
  out.key("unit_of_scale").local(run.unit_of_scale);
  out.key("scale").open('[');
  out.number(run.scale_low);
  out.number(run.scale_high);
  out.close(']');
  if (run.questionnaire) out.key("questionnaire").identity(*run.questionnaire);
  if (!run.earlier_versions.empty()) {
    out.key("earlier_versions").open('[');
    for (const auto& version : run.earlier_versions) out.identity(version);
    out.close(']');
  }
  out.key("year").integer(static_cast<std::uint64_t>(run.year));
  out.key("variant").text(run.variant);
  out.key("program").text(run.program);
  out.key("input_hash").text(run.input_hash);
  out.key("design").text(run.design);
  if (run.calibration) index::write_calibration(out.key("calibration"), *run.calibration);
  out.key("level").number(run.level);
  out.key("parameters").open('[');
  for (const index::RunParameter& parameter : run.parameters) {
    out.open('{');
    out.key("id").text(parameter.id);
    out.key("title").local(parameter.title);
    out.key("value").number(parameter.value);
    out.key("model_value").number(parameter.model_value);
    out.key("assumption").local(parameter.assumption);
    out.close('}');
  }
  out.close(']');
  write_rules(out.key("disclosure"), run.rules);
  out.key("hidden").integer(run.hidden);
  out.key("hidden_for_others").integer(run.hidden_for_others);
  out.key("nodes").open('[');
  for (const index::RunNode& node : run.nodes) {
    out.line();
    out.open('{');
    out.key("id").text(node.id);
    if (!node.code.empty()) out.key("code").text(node.code);
    if (node.parent) out.key("parent").text(run.nodes[*node.parent].id);
    out.key("title").local(node.title);
    if (!node.aggregate.empty()) out.key("aggregate").text(node.aggregate);
    if (!node.source.empty()) out.key("source").text(node.source);
    if (!node.question.empty()) out.key("question").text(node.question);
    if (!node.responsible.empty()) out.key("responsible").text(node.responsible);
    if (node.maximum) out.key("maximum").number(*node.maximum);
    out.key("scoring").text(node.scoring);
    out.key("steps").texts(node.steps);
    out.key("ranked").integer(node.ranked);
    out.close('}');
  }
  out.close(']');
  out.key("units").open('[');
  for (const PublishedUnit& unit : run.units) {
    out.line();
    out.open('{');
    out.key("id").text(unit.id);
    out.key("name").text(unit.name);
    out.key("group").boolean(unit.group);
    if (unit.respondents_high > 0) {
      out.key("respondents").open('[');
      out.integer(unit.respondents_low);
      out.integer(unit.respondents_high);
      out.close(']');
    }
    out.key("scores").open('[');
    for (std::size_t node = 0; node < unit.scores.size(); ++node) {
      out.line();
      write_score(out, run.nodes[node].id, unit.scores[node]);
    }
    out.close(']');
    out.close('}');
    sink(out.take());
  }
  out.close(']');
  out.close('}');
  sink(out.take() + "\n");
}

std::string to_json(const PublishedRun& run) {
  std::string text;
  write_json(run, [&](std::string_view piece) { text += piece; });
  return text;
}

std::string to_csv(const PublishedRun& run, std::string_view language) {
  std::string text;
  write_csv(run, language, [&](std::string_view piece) { text += piece; });
  return text;
}

void write_csv(const PublishedRun& run, std::string_view language, const Sink& sink) {
  const std::vector<std::string> header({"unit", "unit_name", "group", "node", "code", "title", "state", "reason", "value", "lower",
                 "upper", "df", "n_low", "n_high", "missing_no_experience", "missing_dont_know",
                 "missing_declined", "missing_blank", "missing_not_asked", "rank_from",
                 "rank_to", "rank_basis", "notes", "year", "model",
                 "variant"});
  const std::string first_line = CsvWriter(header).str();
  sink(first_line);
  for (const PublishedUnit& unit : run.units) {
    CsvWriter out(header);
    const auto optional = [&](const std::optional<double>& value) {
      if (value) {
        out.number(*value);
      } else {
        out.empty();
      }
    };
    for (std::size_t node = 0; node < run.nodes.size(); ++node) {
      const PublishedScore& score = unit.scores[node];
      out.text(unit.id).text(unit.name).integer(unit.group ? 1 : 0).text(run.nodes[node].id);
      out.text(run.nodes[node].code).text(run.nodes[node].title.in(language));
      out.text(name_of(score.state)).text(score.reason);
      optional(score.value);
      optional(score.lower);
      optional(score.upper);
      optional(score.lower ? std::optional<double>(score.degrees_of_freedom) : std::nullopt);
      if (score.n_high > 0) {
        out.integer(static_cast<std::int64_t>(score.n_low)).integer(static_cast<std::int64_t>(score.n_high));
      } else {
        out.empty().empty();
      }
      for (const sums::Absence kind :
           {sums::Absence::no_experience, sums::Absence::dont_know, sums::Absence::declined,
            sums::Absence::blank, sums::Absence::not_asked}) {
        const std::size_t at = static_cast<std::size_t>(kind);
        if (at < score.missing_percent.size()) {
          out.integer(score.missing_percent[at]);
        } else {
          out.empty();
        }
      }
      if (score.rank) {
        out.integer(score.rank->from).integer(score.rank->to).text(name_of(score.rank->basis));
      } else {
        out.empty().empty().empty();
      }
      std::string notes;
      const auto add = [&](std::string_view name) { notes += (notes.empty() ? "" : " ") + std::string(name); };
      if (score.state == PublishedState::value) {
        for (const std::string_view name : index::names_of(score.notes)) add(name);
        for (const std::string_view name : index::names_of(score.flags)) add(name);
      }
      out.text(notes).integer(run.year).text(run.model.label()).text(run.variant);
      out.end_row();
    }
    sink(std::string_view(out.str()).substr(first_line.size()));
  }
}

}  // namespace khaosat::disclosure
