#include "analysis/coherence/coherence.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "server/pages/analyst/analyst_pages.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_page.h"
#include "server/reports/index_report.h"
#include "server/services/compute_index.h"

namespace khaosat {

namespace {

using coherence::Coherence;
using coherence::Correlation;

// Below the first an interval covers nearly everything; below the second, what asks for a look is mostly chance.
constexpr std::size_t kFewUnits = 20;
constexpr std::size_t kUnitsToFlag = 10;

// From −1 to 1; zero in the middle.
View picture_of(double r, const std::optional<coherence::CorrelationInterval>& interval, const std::string& label) {
  const auto x = [](double value) { return 106 + static_cast<int>(std::lround(100 * std::clamp(value, -1.0, 1.0))); };
  View picture;
  picture.set("x_zero", 106).set("x_at", x(r)).set("with_bar", interval.has_value()).set("picture_label", label);
  if (interval) picture.set("x_low", x(interval->lower)).set("x_high", x(interval->upper));
  return picture;
}

void put_correlation(View& row, const Request& request, const Correlation* correlation) {
  row.set("correlated", correlation != nullptr).set("with_interval", false).set("r", "–").set("n", "–");
  if (!correlation) return;
  const std::string r = decimal_text(correlation->r, 2, request.language);
  const auto interval = coherence::interval_of(*correlation);
  std::string label = r;
  if (interval) {
    const std::string both = decimal_text(interval->lower, 2, request.language) + " … " + decimal_text(interval->upper, 2, request.language);
    row.set("with_interval", true).set("interval", both);
    label += " (" + both + ")";
  }
  row.set("r", r).set("n", static_cast<int>(correlation->n)).set("picture", picture_of(correlation->r, interval, label));
}

class Rows {
 public:
  Rows(const App& app, const Request& request, const CampaignEntry& entry, const disclosure::PublishedRun& run, const Coherence& found)
      : app_(app), request_(request), entry_(entry), run_(run), found_(found) {
    for (const auto& pair : found.pairs)
      if (pair.ancestor && pair.second == found.nodes.front().id) with_index_[pair.first] = &pair.correlation;
  }

  // Parts and factors, each beside the index; questions only where something asks for a look.
  void put(View& view) const {
    const bool may_flag = found_.units.size() >= kUnitsToFlag;
    bool any_item = false;
    for (const auto& line : index_rows(run_, true)) {
      const auto& node = found_.nodes[line.node];
      const bool flagged = may_flag && !node.flags.empty();
      if (line.is_item && !flagged) continue;
      View row;
      row.set("row_title", title_of(line.node)).set("is_part", line.depth <= 1).set("weight", "–").set("alpha", "–").set("any_flag", flagged);
      if (node.effective_weight) row.set("weight", decimal_text(100 * *node.effective_weight, 1, request_.language) + " %");
      if (node.alpha) row.set("alpha", decimal_text(*node.alpha, 2, request_.language));
      const auto beside = with_index_.find(node.id);
      put_correlation(row, request_, beside == with_index_.end() ? nullptr : beside->second);
      for (const auto& flag : flagged ? node.flags : std::vector<std::string>()) row.add("flags", View().set("flag", say(app_, request_, "staff.coherence.flag." + flag)));
      any_item = any_item || line.is_item;
      view.add(line.is_item ? "items" : "rows", std::move(row));
    }
    view.set("any_item", any_item).set("any_pair", false).set("may_flag", may_flag);
    for (const auto& pair : found_.pairs) {
      const auto first = run_.find_node(pair.first), second = run_.find_node(pair.second);
      if (!may_flag || pair.ancestor || pair.flag.empty() || !first || !second) continue;
      View row;
      row.set("first", title_of(*first)).set("second", title_of(*second)).set("flag", say(app_, request_, "staff.coherence.flag." + pair.flag));
      put_correlation(row, request_, &pair.correlation);
      view.set("any_pair", true);
      view.add("pairs", std::move(row));
    }
  }

 private:
  std::string title_of(std::size_t node) const {
    const auto& described = run_.nodes[node];
    const auto* question = described.question.empty() ? nullptr : entry_.whole().question(described.question);
    const std::string title = (question && described.children.empty() ? question->text : described.title).in(request_.language);
    return described.code.empty() || question ? title : described.code + ". " + title;
  }

  const App& app_;
  const Request& request_;
  const CampaignEntry& entry_;
  const disclosure::PublishedRun& run_;
  const Coherence& found_;
  std::map<std::string, const Correlation*> with_index_;
};

}  // namespace

Result<HttpResponse> show_coherence(const App& app, const Request& request) {
  const auto [entry, model, run, published] = TRY(analysed_campaign(app, request));
  View view = analyst_view(app, request, *entry, *model, say(app, request, "staff.coherence.title"), "coherence");
  const auto found = coherence::coherence(*model, run, published);
  view.set("found", found.has_value());
  if (!found) {
    if (found.error().code != ErrorCode::not_comparable) return fail(found.error());
    return staff_page(app, request, "analyst_coherence", view);
  }
  view.set("units_count", static_cast<int>(found->units.size())).set("few_units", found->units.size() < kFewUnits);
  Rows(app, request, *entry, published, *found).put(view);
  view.set("any_left_out", !found->left_out.empty());
  for (const auto& unit : found->left_out) view.add("left_out", View().set("unit", unit_name(app, unit, request.language)));
  return staff_page(app, request, "analyst_coherence", view);
}

}  // namespace khaosat
