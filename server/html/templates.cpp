#include "server/html/templates.h"

#include <cassert>
#include <kainjow/mustache.hpp>
#include <unordered_map>

#include "base/fault.h"

namespace khaosat {

namespace {

namespace mustache = kainjow::mustache;

constexpr std::string_view kFolder = "templates/";
constexpr std::string_view kEnding = ".mustache";

mustache::data to_data(const View& view);

struct ToData {
  mustache::data operator()(bool yes) const { return mustache::data(yes); }
  mustache::data operator()(const std::string& text) const { return mustache::data(text); }
  mustache::data operator()(const View& view) const { return to_data(view); }
  mustache::data operator()(const View::List& list) const {
    mustache::data items(mustache::data::type::list);
    for (const auto& item : list) items.push_back(to_data(item));
    return items;
  }
};

mustache::data to_data(const View& view) {
  mustache::data object(mustache::data::type::object);
  for (const auto& entry : view.entries()) object.set(entry.name, std::visit(ToData{}, entry.value));
  return object;
}

// Replaces {{> path}} and [[key]].
class Expander {
 public:
  Expander(const WebFiles& files, const Locales& locales, Faults& faults)
      : files_(files), locales_(locales), faults_(faults) {}

  std::string expand(const std::string& path, const std::string& source, const std::string& language,
                     int depth = 0) {
    std::string out;
    for (std::size_t at = 0; at < source.size();) {
      const std::string_view rest = std::string_view(source).substr(at);
      if (rest.starts_with("{{>")) {
        const std::size_t end = rest.find("}}");
        std::string name(rest.substr(3, end == std::string_view::npos ? end : end - 3));
        name.erase(0, name.find_first_not_of(' '));
        name.erase(name.find_last_not_of(' ') + 1);
        const auto found = files_.find(std::string(kFolder) + name + std::string(kEnding));
        if (found == files_.end() || depth > 8) {
          complain(path, "includes \"" + name + "\", which does not exist or includes itself");
        } else {
          out += expand(found->first, found->second, language, depth + 1);
        }
        at += end == std::string_view::npos ? rest.size() : end + 2;
      } else if (rest.starts_with("[[")) {
        const std::size_t end = rest.find("]]");
        const std::string key(rest.substr(2, end == std::string_view::npos ? end : end - 2));
        if (!locales_.has_key("vi", key)) complain(path, "uses the sentence \"" + key + "\", which locales/vi.json lacks");
        out += escape_html(locales_.text(language, key));
        at += end == std::string_view::npos ? rest.size() : end + 2;
      } else {
        if (rest.starts_with("{{{") && path.find("layout/raw_html") == std::string::npos) {
          complain(path, "writes raw HTML with {{{; use {{ or the partial layout/raw_html");
        }
        out += source[at++];
      }
    }
    return out;
  }

 private:
  void complain(const std::string& path, std::string message) {
    faults_.push_back({path, "", ErrorCode::definition_invalid, std::move(message)});
  }
  const WebFiles& files_;
  const Locales& locales_;
  Faults& faults_;
};

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      default: out += c;
    }
  }
  return out;
}

Result<Templates> Templates::load(const WebFiles& files, const Locales& locales) {
  Faults faults;
  auto sources = std::make_shared<std::map<std::string, std::string, std::less<>>>();
  Expander expander(files, locales, faults);
  for (const auto& [path, content] : files) {
    if (!path.starts_with(kFolder) || !path.ends_with(kEnding)) continue;
    const std::string name = path.substr(kFolder.size(), path.size() - kFolder.size() - kEnding.size());
    // Partials of the layout are fragments that need not parse alone.
    for (const auto& language : locales.languages()) {
      std::string text = expander.expand(path, content, language);
      if (!name.starts_with("layout/")) {
        const mustache::mustache parsed(text);
        if (!parsed.is_valid()) {
          faults.push_back({path, "", ErrorCode::definition_invalid, parsed.error_message()});
        }
      }
      (*sources)[language + ":" + name] = std::move(text);
    }
  }
  if (!faults.empty()) return fail(as_error(faults));
  Templates templates;
  templates.sources_ = std::move(sources);
  return templates;
}

bool Templates::has(std::string_view name) const {
  return sources_->find("vi:" + std::string(name)) != sources_->end();
}

std::string Templates::render(std::string_view name, std::string_view language, const View& view) const {
  auto found = sources_->find(std::string(language) + ":" + std::string(name));
  if (found == sources_->end()) found = sources_->find("vi:" + std::string(name));
  assert(found != sources_->end() && "a page asks for a template that does not exist");
  if (found == sources_->end()) return {};
  // Parsed templates keep state while they render, so every thread has its own, kept as long as the
  // source text is the same object.
  thread_local std::unordered_map<const std::string*, mustache::mustache> parsed;
  thread_local std::shared_ptr<const void> owner;
  if (owner != sources_) {
    parsed.clear();
    owner = sources_;
  }
  auto entry = parsed.find(&found->second);
  if (entry == parsed.end()) entry = parsed.emplace(&found->second, mustache::mustache(found->second)).first;
  return entry->second.render(to_data(view));
}

}  // namespace khaosat
