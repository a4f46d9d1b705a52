// How the sample was drawn: strata, primary sampling units (PSUs), weights, population sizes and the
// rule for a stratum with a single PSU. Everything an estimate's error depends on besides answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace khaosat::estimate {

// What to do with a stratum from which one PSU only was drawn, so that nothing can be said about
// the spread between PSUs. A stratum whose population is that one PSU (N = 1) is no such case.
enum class LonelyPsuPolicy {
  fail,       // no standard error (default)
  remove,     // contributes no variance: understates
  certainty,  // the same arithmetic, claimed for PSUs that were certain to be drawn
  adjust,     // deviation from zero, the mean of all influences (for totals: very cautious)
  average,    // contributes the average of the other strata
  collapse    // joined to the stratum declared for it in `collapse_into`
};
std::string_view name_of(LonelyPsuPolicy policy);

// One entry per respondent in every non-empty column; `weight` fixes their number.
// Ids are any integers; see code_labels() for text.
struct SampleDesignInput {
  std::vector<double> weight;              // finite, >= 0, not all zero. Zero: in the sample, counts nothing
  std::vector<std::uint32_t> stratum;      // empty: one stratum
  std::vector<std::uint32_t> psu;          // empty: every respondent is a PSU
  std::vector<double> psus_in_population;  // N_h, the same all over a stratum; empty: no correction
  // Second stage; empty columns: none. A second-stage unit is a respondent unless ids are given.
  std::vector<std::uint32_t> second_stage_unit;
  std::vector<double> units_in_population;  // N_ha, the same all over a PSU

  bool psu_ids_restart_in_each_stratum = false;  // "village 1" exists in every commune
  LonelyPsuPolicy lonely_policy = LonelyPsuPolicy::fail;
  // Apply the policies adjust and average also where the design has several PSUs but the domain
  // reaches one of them only (R: survey.adjust.domain.lonely).
  bool lonely_in_domain = false;
  // For the policy collapse: lonely stratum -> the stratum that takes it in, declared before the
  // answers are seen. Strata that are not lonely stay as they are.
  std::map<std::uint32_t, std::uint32_t> collapse_into;
  std::map<std::uint32_t, std::string> stratum_names;  // for messages; may be empty
};

// The same without respondents: one entry per PSU. For index trees computed from sums.
struct PsuTableInput {
  std::vector<std::uint32_t> stratum;
  std::vector<std::uint32_t> psu;
  std::vector<double> weight;              // sum over the respondents of the PSU
  std::vector<double> psus_in_population;  // N_h, or empty
  bool psu_ids_restart_in_each_stratum = false;
  LonelyPsuPolicy lonely_policy = LonelyPsuPolicy::fail;
  bool lonely_in_domain = false;
  std::map<std::uint32_t, std::uint32_t> collapse_into;
  std::map<std::uint32_t, std::string> stratum_names;
};

// Removes from influences the part that calibration of the weights has made certain.
// Implementations are immutable and thread safe.
class ResidualRule {
 public:
  virtual ~ResidualRule() = default;
  // `influence`: one value per respondent, changed in place.
  virtual void apply(std::span<double> influence) const = 0;
};

// Immutable and shared: copying costs a pointer, all calls are thread safe.
//
// Strata and PSUs carry dense indexes in the order of their ids, PSUs stratum by stratum: the PSUs
// of stratum h are [first_psu(h), first_psu(h + 1)). The order of rows changes nothing.
class SampleDesign {
 public:
  // Refuses: weight_invalid (missing, infinite, negative), weights_sum_to_zero, psu_in_two_strata,
  // design_invalid (no rows, unequal columns, N smaller than the sample or differing inside a
  // stratum, a collapse that leads nowhere). A lonely PSU is refused by variance(), not here: the
  // other strata of the same design may still give their errors.
  static Result<SampleDesign> create(const SampleDesignInput& input);
  static Result<SampleDesign> create_from_psus(const PsuTableInput& input);

  std::size_t rows() const;  // respondents; 0 for a design made from PSUs
  std::size_t stratum_count() const;
  std::size_t psu_count() const;

  std::span<const double> weights() const;             // per respondent
  double sum_of_weights() const;
  std::span<const std::uint32_t> psu_of_row() const;   // dense
  std::span<const std::uint32_t> unit_of_row() const;  // second stage, dense; empty if one stage

  std::uint32_t first_psu(std::size_t stratum) const;  // stratum in [0, stratum_count()]
  std::span<const std::uint32_t> stratum_of_psu() const;
  bool psu_has_weight(std::size_t psu) const;  // somebody in it has a weight above zero
  std::size_t psus_sampled(std::size_t stratum) const;
  double psus_in_population(std::size_t stratum) const;  // infinity: no correction

  bool two_stage() const;
  std::uint32_t first_unit(std::size_t psu) const;  // psu in [0, psu_count()]
  double units_in_population(std::size_t psu) const;

  std::optional<std::uint32_t> find_psu(std::uint32_t stratum_id, std::uint32_t psu_id) const;
  std::uint32_t psu_id(std::size_t psu) const;
  std::uint32_t stratum_id_of_psu(std::size_t psu) const;  // before collapsing
  std::string stratum_name(std::size_t stratum) const;

  LonelyPsuPolicy lonely_policy() const;
  bool lonely_in_domain() const;
  // Names of strata with one PSU that was not certain to be drawn; empty: none.
  std::vector<std::string> lonely_strata() const;

  // The same sample with other weights (one per respondent, finite, negative ones allowed as
  // linear calibration may give them). `rule` says what those weights know; null: nothing.
  Result<SampleDesign> with_weights(std::vector<double> weights,
                                    std::shared_ptr<const ResidualRule> rule) const;
  // Some of the respondents, in strata and PSUs that stay as they were drawn: what is said of all of these, as a
  // domain that names each (an empty one means the whole sample), is what the whole sample says of them, at the cost
  // of their number. Not for calibrated weights, where everybody's residual counts. Rows in [0, rows()).
  SampleDesign restricted_to(std::span<const std::uint32_t> rows) const;
  // In the order of calibration; empty if the weights were never calibrated.
  std::span<const std::shared_ptr<const ResidualRule>> residual_rules() const;

 private:
  struct Data;
  explicit SampleDesign(std::shared_ptr<const Data> data);
  std::shared_ptr<const Data> data_;
};

// Text ids as integers, in sorted order of the texts, so that results do not depend on row order.
struct LabelCodes {
  std::vector<std::uint32_t> codes;               // per entry
  std::map<std::uint32_t, std::string> names;     // code -> text
};
LabelCodes code_labels(std::span<const std::string> labels);

}  // namespace khaosat::estimate
