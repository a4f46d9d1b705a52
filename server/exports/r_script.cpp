#include "server/exports/r_script.h"

#include <algorithm>
#include <map>
#include <set>

#include "analysis/index/normalisations.h"
#include "base/json_text.h"

namespace khaosat::exports {

namespace {

// What does not change from one export to the next. Variances are the survey package's: everything is
// written as a total of influence values, so one call serves every node.
constexpr const char* kFunctions = R"R(
if (!requireNamespace("survey", quietly = TRUE) || !requireNamespace("haven", quietly = TRUE))
  stop("install.packages(c('survey', 'haven'))")
suppressPackageStartupMessages({library(survey); library(haven)})
options(survey.lonely.psu = "fail")
d <- read_sav(file.path(here, "microdata.sav"), user_na = TRUE)
number <- function(name) as.numeric(unclass(d[[name]]))
scored <- function(name, from, to) to[match(number(name), from)]
w <- if (drawn) number("weight") else rep(1, nrow(d))

# Value and influence of a weighted mean over those of a unit who answered.
leaf <- function(y, here) {
  counts <- here & !is.na(y)
  total <- sum(w[counts])
  if (!any(counts) || total <= 0) return(list(value = NA, u = rep(0, length(y)), n = 0))
  value <- sum(w[counts] * y[counts]) / total
  list(value = value, u = ifelse(counts, w * (ifelse(counts, y, 0) - value) / total, 0), n = sum(counts))
}
rescaled <- function(x, add, times, low = -Inf, high = Inf) {
  value <- add + times * x$value
  slope <- if (is.na(value) || value < low || value > high) 0 else times
  list(value = min(max(value, low), high), u = x$u * slope, n = x$n, share = x$share, add = add, times = times)
}
# least: share of the parts that must have a value; the others then stand in for those without.
combined <- function(how, parts, weights, least) {
  x <- sapply(parts, `[[`, "value")
  there <- !is.na(x)
  if (!any(there) || sum(there) < least * length(x) - 1e-9) return(list(value = NA, u = parts[[1]]$u * 0, n = 0))
  x <- x[there]; parts <- parts[there]; weights <- weights[there]
  if (!(how %in% c("sum", "weighted_sum"))) weights <- weights / sum(weights)
  if (how == "geometric_mean") {
    value <- exp(sum(weights * log(x))); slope <- value * weights / x
  } else if (how == "harmonic_mean") {
    value <- 1 / sum(weights / x); slope <- value^2 * weights / x^2
  } else {
    value <- sum(weights * x); slope <- weights
  }
  u <- Reduce(`+`, Map(function(part, s) s * part$u, parts, slope))
  list(value = value, u = u, n = max(sapply(parts, `[[`, "n")))
}
# Shares near 0 or 1, or of few, need intervals of their own: Korn and Graubard's, else on the log odds.
share_interval <- function(p, v, n, df) {
  a <- (1 - level) / 2
  if (p <= 0 || p >= 1) return(c(if (p <= 0) 0 else a^(1 / n), if (p <= 0) 1 - a^(1 / n) else 1))
  if (v <= 0) return(c(p, p))
  size <- p * (1 - p) / v
  if (p < 0.05 || p > 0.95 || size < 30) {
    size <- size * (qt(a, n - 1) / qt(a, df))^2
    return(c(qbeta(a, size * p, size * (1 - p) + 1), qbeta(1 - a, size * p + 1, size * (1 - p))))
  }
  plogis(qlogis(p) + c(-1, 1) * qt(1 - a, df) * sqrt(v) / (p * (1 - p)))
}
)R";

constexpr const char* kTable = R"R(
units <- sort(unique(number("unit")))
design <- NULL
if (drawn) design <- svydesign(ids = ~cluster, strata = ~stratum, weights = ~weight, nest = TRUE,
  data = data.frame(cluster = number("cluster"), stratum = number("stratum"), weight = w))
rows <- list()
for (unit in units) {
  here <- number("unit") == unit
  df <- length(unique(number("cluster")[here & w > 0])) - length(unique(number("stratum")[here & w > 0]))
  x <- compute(here)
  for (node in names(x)) {
    one <- x[[node]]
    row <- data.frame(unit = unit, node = node, value = one$value, se = NA, df = NA, lower = NA, upper = NA, n = one$n)
    if (drawn && !is.na(one$value)) {
      row$se <- as.numeric(SE(svytotal(ifelse(w > 0, one$u / w, 0), design)))
      row$df <- df
      if (df > 0) {
        ends <- one$value + c(-1, 1) * qt((1 + level) / 2, df) * row$se
        if (isTRUE(one$share) && one$times != 0) {
          p <- (one$value - one$add) / one$times
          ends <- sort(one$add + one$times * share_interval(p, (row$se / one$times)^2, one$n, df))
        }
        limits <- range_of[[node]]
        row$lower <- max(ends[1], limits[1]); row$upper <- min(ends[2], limits[2])
      }
    }
    rows[[length(rows) + 1]] <- row
  }
}
table <- do.call(rbind, rows)
print(table, digits = 6, row.names = FALSE)
dir.create(here_out, showWarnings = FALSE, recursive = TRUE)
write.csv(format(table, digits = 15, trim = TRUE, scientific = FALSE), file.path(here_out, "main_table.csv"), row.names = FALSE, quote = FALSE)
)R";

std::string in_r(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) quoted += c;
  }
  return quoted + "\"";
}

std::string vector_of(const std::vector<double>& values) {
  std::string text = "c(";
  for (std::size_t k = 0; k < values.size(); ++k) text += (k > 0 ? ", " : "") + json_number(values[k]);
  return text + ")";
}

std::string limit(const std::optional<double>& value, const char* otherwise) { return value ? json_number(*value) : otherwise; }

class Script {
 public:
  Script(const Codebook& book, const Questionnaire& questionnaire, const index::IndexModel& model, const index::IndexRun& run,
         const std::vector<index::SurveyItem>& items)
      : book_(book), questionnaire_(questionnaire), model_(model), run_(run) {
    for (const auto& item : items) items_[item.key] = &item;
  }

  std::string text() {
    std::string computing;
    std::string ranges;
    for (std::size_t at = run_.nodes.size(); at-- > 0;) {
      const auto& node = run_.nodes[at];
      const std::string line = line_of(at);
      if (line.empty()) {
        left_out_.insert(node.id);
        continue;
      }
      computing += line;
      ranges += (ranges.empty() ? "  " : ",\n  ") + in_r(node.id) + " = c(" + limit(node.lowest, "-Inf") + ", " + limit(node.highest, "Inf") + ")";
    }
    std::string script = "# " + std::string(book_.drawn ? "Bảng chính tính lại từ dữ liệu vi mô." : "Bảng chính tính lại; không phải mẫu xác suất nên không có khoảng tin cậy.");
    script += "\n# The main table, rebuilt from the microdata. Model " + model_.identity.label() + ", sha256 " + model_.identity.hash +
              ".\n# Run: Rscript rebuild.R [folder for main_table.csv]; needs the packages survey and haven.\n"
              "# Intervals use no finite population correction, as the published ones; fpc is there for other uses.\n";
    for (const auto& id : left_out_) script += "# Not repeated here: " + id + "\n";
    script += "arguments <- commandArgs(trailingOnly = FALSE)\n"
              "script <- sub(\"^--file=\", \"\", grep(\"^--file=\", arguments, value = TRUE))\n"
              "here <- if (length(script)) dirname(script[1]) else \".\"\n"
              "given <- commandArgs(trailingOnly = TRUE)\n"
              "here_out <- if (length(given)) given[1] else here\n";
    script += "level <- " + json_number(run_.level) + "\ndrawn <- " + (book_.drawn ? "TRUE" : "FALSE") + "\n";
    script += kFunctions;
    script += "\nrange_of <- list(\n" + ranges + ")\n\ncompute <- function(here) {\n  x <- list()\n" + computing + "  rev(x)\n}\n";
    return script + kTable;
  }

 private:
  // "x[[id]] <- rescaled(…)": a + b·raw, cut to the ends where the model says so. Empty: not repeatable.
  std::string rescaled(const std::string& raw, const index::Node& node) const {
    const auto* method = index::find_normalisation(node.scoring.method);
    if (!method || method->relative || !node.imputation.method.empty() || node.outliers.on ||
        !node.transform.method.empty()) return "";
    index::Scoring open = node.scoring;
    open.clamp = false;
    const auto at_zero = index::score_fixed(0, open, node.direction, run_.year);
    if (!at_zero) return "";
    std::string text = "rescaled(" + raw + ", " + json_number(at_zero->value) + ", " + json_number(at_zero->slope);
    if (node.scoring.clamp && node.scoring.method == "min_max") {
      text += ", " + json_number(std::min(node.scoring.to_low, node.scoring.to_high)) + ", " +
              json_number(std::max(node.scoring.to_low, node.scoring.to_high));
    }
    return text + ")";
  }

  std::string leaf_of(const index::Node& node) const {
    const auto item = items_.find(node.id);
    if (item == items_.end() || node.leaf->source != index::LeafSource::survey || node.leaf->survey.minimum_answered > 1) return "";
    const auto position = questionnaire_.position_of(item->second->question);
    if (!position) return "";
    std::vector<const Variable*> variables;
    for (const auto& variable : book_.variables) {
      if (variable.question_id == item->second->question) variables.push_back(&variable);
    }
    if (variables.empty() || variables.front()->role == VariableRole::trait) return "";
    const bool share = node.leaf->survey.value == index::SurveyValue::share;
    const std::string y = values_of(*item->second, variables, questionnaire_.questions[*position].type->answer_kind());
    if (y.empty()) return "";
    const std::string raw = "leaf(" + y + ", here)";
    return share ? "c(" + raw + ", list(share = TRUE))" : raw;
  }

  static std::string values_of(const index::SurveyItem& item, const std::vector<const Variable*>& variables, AnswerKind kind) {
    std::vector<double> from;
    std::vector<double> to;
    const Variable& first = *variables.front();
    for (const NoValue absence : kNoValues) {
      const auto counts = item.absence_scores.find(std::string(name_of(absence)));
      if (counts == item.absence_scores.end()) continue;
      from.push_back(first.missing_code(absence));
      to.push_back(counts->second);
    }
    if (kind == AnswerKind::one_option) {
      for (const auto& value : first.values) {
        const auto score = item.option_scores.find(value.id);
        if (score == item.option_scores.end()) continue;
        from.push_back(value.value);
        to.push_back(score->second);
      }
      return "scored(" + in_r(first.name) + ", " + vector_of(from) + ", " + vector_of(to) + ")";
    }
    if (kind == AnswerKind::number && item.number && from.empty()) {
      return "ifelse(number(" + in_r(first.name) + ") <= " + json_number(first.first_missing_code) + " & number(" +
             in_r(first.name) + ") >= " + json_number(first.missing_code(kNoValues.back())) + ", NA, number(" + in_r(first.name) + "))";
    }
    if (kind == AnswerKind::options && from.empty()) {
      // One of the options is enough.
      std::string columns;
      for (const Variable* variable : variables) {
        const auto score = item.option_scores.find(variable->values.back().id);
        if (score == item.option_scores.end() || (score->second != 0 && score->second != 1)) return "";
        columns += (columns.empty() ? "" : ", ") + ("scored(" + in_r(variable->name) + ", c(0, 1), " + vector_of({0, score->second}) + ")");
      }
      return "pmax(" + columns + ")";
    }
    return "";
  }

  std::string line_of(std::size_t at) const {
    const auto& described = run_.nodes[at];
    const index::Node* node = model_.find(described.id);
    if (!node) return "";
    std::string raw;
    if (node->leaf) {
      raw = leaf_of(*node);
    } else {
      raw = combined_of(at, *node);
    }
    if (raw.empty()) return "";
    const std::string score = rescaled(raw, *node);
    return score.empty() ? "" : "  x[[" + in_r(described.id) + "]] <- " + score + "\n";
  }

  std::string combined_of(std::size_t at, const index::Node& node) const {
    const auto& described = run_.nodes[at];
    static const std::set<std::string> kRepeated = {"mean", "weighted_mean", "sum", "weighted_sum", "geometric_mean", "harmonic_mean"};
    if (kRepeated.count(node.aggregate) == 0 || model_.screen_minimum_share > 0) return "";
    std::vector<double> weights;
    // Of the unit where the fewest parts lack: parts without a value have weight 0 there.
    const auto present = [](const std::vector<double>& some) { return std::count_if(some.begin(), some.end(), [](double weight) { return weight > 0; }); };
    for (const auto& unit : run_.units) {
      if (present(unit.scores[at].weights) > present(weights)) weights = unit.scores[at].weights;
    }
    if (weights.size() != described.children.size() || weights.empty()) return "";
    std::string parts;
    for (const auto child : described.children) {
      if (left_out_.count(run_.nodes[child].id) > 0) return "";
      parts += (parts.empty() ? "" : ", ") + ("x[[" + in_r(run_.nodes[child].id) + "]]");
    }
    return "combined(" + in_r(node.aggregate) + ", list(" + parts + "), " + vector_of(weights) + ", " +
           json_number(node.missing == index::MissingPolicy::reweight ? node.minimum_share : 1.0) + ")";
  }

  const Codebook& book_;
  const Questionnaire& questionnaire_;
  const index::IndexModel& model_;
  const index::IndexRun& run_;
  std::map<std::string, const index::SurveyItem*> items_;
  std::set<std::string> left_out_;
};

}  // namespace

std::string r_script(const Codebook& book, const Questionnaire& questionnaire, const index::IndexModel& model,
                     const index::IndexRun& run, const std::vector<index::SurveyItem>& items) {
  return Script(book, questionnaire, model, run, items).text();
}

}  // namespace khaosat::exports
