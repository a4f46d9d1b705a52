#include "analysis/estimate/statement.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/csv.h"
#include "base/text.h"

namespace khaosat::estimate {
namespace {

constexpr std::string_view kHelp =
    "A statement is one of\n"
    "  total COLUMN, mean COLUMN, variance COLUMN, ratio COLUMN/COLUMN\n"
    "  share COLUMN=VALUE      of those with an answer; COLUMN=4|5: either; \"with METHOD\" for its interval:\n"
    "                          automatic, mean, logit, xlogit, asin, beta, likelihood, wilson\n"
    "  quantile COLUMN P       0 < P < 1; \"with RULE METHOD\": math, school, hf3 … hf9; mean, xlogit, asin, beta\n"
    "  icc COLUMN [CLUSTERS]   how alike people of a cluster answer; clusters: a column, else psu\n"
    "  alpha COLUMN COLUMN …   Cronbach's alpha with Feldt's interval, Guttman's lambdas, omega of one factor;\n"
    "                          \"with pairwise|complete|weighted\" answers\n"
    "  kish                    how many respondents unequal weights leave\n"
    "followed, if wanted, by\n"
    "  by COLUMN …             a value for every group\n"
    "  in COLUMN=VALUE and …   of these people only (4|5: either); the others stay in the sample\n"
    "  minus COLUMN=VALUE …    less the same of other people; the error counts what both share\n"
    "  with …                  see above\n"
    "Names with spaces or signs stand in double quotes.\n";

struct Token {
  std::string text;
  bool quoted = false;
  bool is(std::string_view word) const { return !quoted && text == word; }
};

Error wrong(std::string_view statement, std::string message) {
  return Error{ErrorCode::usage, std::move(message), "\"" + std::string(statement) + "\"", {}};
}

// Words; "=" and "/" stand alone unless quoted.
Result<std::vector<Token>> tokens_of(std::string_view statement) {
  std::vector<Token> tokens;
  std::optional<Token> open;
  const auto close = [&] {
    if (open) tokens.push_back(std::move(*open));
    open.reset();
  };
  for (std::size_t at = 0; at < statement.size(); ++at) {
    const char c = statement[at];
    if (c == '"') {
      const std::size_t end = statement.find('"', at + 1);
      if (end == std::string_view::npos) return fail(wrong(statement, "a double quote is not closed"));
      if (!open) open.emplace();
      open->quoted = true;
      open->text += statement.substr(at + 1, end - at - 1);
      at = end;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      close();
    } else if (c == '=' || c == '/') {
      close();
      tokens.push_back({std::string(1, c), false});
    } else {
      if (!open) open.emplace();
      open->text += c;
    }
  }
  close();
  return tokens;
}

constexpr std::array<std::string_view, 5> kKeywords = {"by", "in", "and", "minus", "with"};

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens) : text_(text), tokens_(std::move(tokens)) {}

  Result<Statement> parse() {
    statement_.text = std::string(text_);
    if (tokens_.empty()) return fail(wrong(text_, "the statement is empty; write for instance \"mean income\""));
    TRY_VOID(parse_kind());
    TRY_VOID(parse_subject());
    while (at_ < tokens_.size()) TRY_VOID(parse_clause());
    if (!statement_.minus.empty() && (!statement_.by.empty() || statement_.in.empty()))
      return fail(wrong(text_, "\"minus\" compares two groups: in COLUMN=VALUE minus COLUMN=VALUE, without \"by\""));
    const bool linear = statement_.kind <= StatisticKind::variance && statement_.kind != StatisticKind::quantile;
    if (!statement_.minus.empty() && !linear)
      return fail(wrong(text_, std::string(name_of(statement_.kind)) + " of two groups cannot be compared by \"minus\""));
    return std::move(statement_);
  }

 private:
  bool at_keyword() const {
    return at_ < tokens_.size() && !tokens_[at_].quoted &&
           std::find(kKeywords.begin(), kKeywords.end(), tokens_[at_].text) != kKeywords.end();
  }
  bool take(std::string_view word) {
    if (at_ >= tokens_.size() || !tokens_[at_].is(word)) return false;
    ++at_;
    return true;
  }
  Result<std::string> name(const char* what) {
    if (at_ >= tokens_.size() || at_keyword() || tokens_[at_].is("=") || tokens_[at_].is("/"))
      return fail(wrong(text_, std::string("here should stand ") + what +
                                   (at_ < tokens_.size() ? ", not \"" + tokens_[at_].text + "\"" : "")));
    return tokens_[at_++].text;
  }
  Result<void> sign(std::string_view which, const char* form) {
    if (take(which)) return {};
    return fail(wrong(text_, std::string("write it as ") + form));
  }
  Result<DomainTerm> term() {
    DomainTerm result;
    result.column = TRY(name("a column"));
    TRY_VOID(sign("=", "COLUMN=VALUE"));
    // After the sign any word is a value, "in" too.
    if (at_ >= tokens_.size() || tokens_[at_].is("=")) return fail(wrong(text_, "after COLUMN= should stand a value"));
    result.value = tokens_[at_++].text;
    return result;
  }
  Result<DomainTerms> terms() {
    DomainTerms result = {TRY(term())};
    while (take("and")) result.push_back(TRY(term()));
    return result;
  }

  Result<void> parse_kind() {
    const std::string word = tokens_[at_++].text;
    std::vector<std::string> known;
    for (const auto kind : {StatisticKind::total, StatisticKind::mean, StatisticKind::ratio, StatisticKind::share,
                            StatisticKind::quantile, StatisticKind::variance, StatisticKind::icc, StatisticKind::alpha,
                            StatisticKind::kish}) {
      known.emplace_back(name_of(kind));
      if (word != name_of(kind)) continue;
      statement_.kind = kind;
      if (kind == StatisticKind::quantile) statement_.method = ProportionMethod::mean;
      return {};
    }
    const auto near = nearest(word, known);
    return fail(wrong(text_, "\"" + word + "\" is no statistic" + (near ? "; did you mean \"" + *near + "\"?" : "")));
  }

  Result<void> parse_subject() {
    auto& columns = statement_.columns;
    switch (statement_.kind) {
      case StatisticKind::kish: return {};
      case StatisticKind::ratio:
        columns.push_back(TRY(name("a column")));
        TRY_VOID(sign("/", "NUMERATOR/DENOMINATOR"));
        columns.push_back(TRY(name("a column")));
        return {};
      case StatisticKind::share: {
        const DomainTerm one = TRY(term());
        columns.push_back(one.column);
        for (const auto& value : split(one.value, '|')) statement_.categories.emplace_back(trim(value));
        return {};
      }
      case StatisticKind::quantile: {
        columns.push_back(TRY(name("a column")));
        const auto p = number_from(TRY(name("a share such as 0.5")));
        if (!p || !(*p > 0 && *p < 1)) return fail(wrong(text_, "a quantile needs a share above 0 and below 1"));
        statement_.p = *p;
        return {};
      }
      case StatisticKind::alpha:
        while (at_ < tokens_.size() && !at_keyword()) columns.push_back(TRY(name("a column")));
        if (columns.size() < 2) return fail(wrong(text_, "alpha needs two columns or more"));
        return {};
      default:
        columns.push_back(TRY(name("a column")));
        if (statement_.kind == StatisticKind::icc && at_ < tokens_.size() && !at_keyword()) columns.push_back(TRY(name("a column")));
        return {};
    }
  }

  Result<void> parse_clause() {
    if (take("by")) {
      statement_.by.push_back(TRY(name("a column")));
      while (at_ < tokens_.size() && !at_keyword()) statement_.by.push_back(TRY(name("a column")));
      return {};
    }
    if (take("in")) {
      statement_.in = TRY(terms());
      return {};
    }
    if (take("minus")) {
      statement_.minus = TRY(terms());
      return {};
    }
    if (!take("with"))
      return fail(wrong(text_, "\"" + tokens_[at_].text + "\" does not fit here; by, in, minus or with may follow"));
    do {
      TRY_VOID(parse_way(TRY(name("a method"))));
    } while (at_ < tokens_.size() && !at_keyword());
    return {};
  }

  Result<void> parse_way(const std::string& word) {
    if (statement_.kind == StatisticKind::share || statement_.kind == StatisticKind::quantile) {
      for (int k = 0; k <= static_cast<int>(ProportionMethod::wilson); ++k) {
        const auto method = static_cast<ProportionMethod>(k);
        const bool fits = statement_.kind == StatisticKind::share || method == ProportionMethod::mean || method == ProportionMethod::xlogit ||
                          method == ProportionMethod::asin || method == ProportionMethod::beta;
        if (!fits || word != name_of(method)) continue;
        statement_.method = method;
        return {};
      }
    }
    if (statement_.kind == StatisticKind::quantile) {
      static constexpr std::array<std::string_view, 9> kRules = {"math", "school", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"};
      const auto found = std::find(kRules.begin(), kRules.end(), word);
      if (found != kRules.end()) {
        statement_.rule = static_cast<QuantileRule>(found - kRules.begin());
        return {};
      }
    }
    if (statement_.kind == StatisticKind::alpha) {
      static constexpr std::array<std::string_view, 3> kBases = {"pairwise", "complete", "weighted"};
      const auto found = std::find(kBases.begin(), kBases.end(), word);
      if (found != kBases.end()) {
        statement_.basis = static_cast<AlphaBasis>(found - kBases.begin());
        return {};
      }
    }
    return fail(wrong(text_, "\"" + word + "\" is no way to compute " + std::string(name_of(statement_.kind))));
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  Statement statement_;
};

}  // namespace

std::string_view name_of(StatisticKind kind) {
  static constexpr std::array<std::string_view, 9> kNames = {"total", "mean", "ratio", "share", "quantile", "variance", "icc", "alpha", "kish"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string text_of(const DomainTerms& terms) {
  std::string text;
  for (const auto& term : terms) text += (text.empty() ? "" : " and ") + term.column + "=" + term.value;
  return text;
}

std::string Statement::subject() const {
  std::string line;
  for (const auto& column : columns) line += (line.empty() ? "" : kind == StatisticKind::ratio ? "/" : " ") + column;
  for (std::size_t k = 0; k < categories.size(); ++k) line += (k == 0 ? "=" : "|") + categories[k];
  return line;
}

std::vector<std::string> Statement::number_columns() const {
  if (kind == StatisticKind::share || kind == StatisticKind::kish) return {};
  if (kind == StatisticKind::icc) return {columns.front()};
  return columns;
}

std::vector<std::string> Statement::text_columns() const {
  std::vector<std::string> names = by;
  if (kind == StatisticKind::share) names.push_back(columns.front());
  if (kind == StatisticKind::icc && columns.size() > 1) names.push_back(columns[1]);
  for (const auto* terms : {&in, &minus})
    for (const auto& term : *terms) names.push_back(term.column);
  return names;
}

std::string_view statement_help() { return kHelp; }

Result<Statement> parse_statement(std::string_view text) {
  return Parser(text, TRY(tokens_of(text))).parse();
}

}  // namespace khaosat::estimate
