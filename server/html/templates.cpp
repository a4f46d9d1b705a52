#include "server/html/templates.h"

#include <zlib.h>

#include <cassert>
#include <kainjow/mustache.hpp>
#include <map>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

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

namespace {

// Texts of all pages in all languages are a megabyte, most of it seldom asked for.
std::string deflated(const std::string& text) {
  uLongf size = compressBound(text.size());
  std::string out(size, '\0');
  const int code = compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
                             text.size(), Z_BEST_SPEED);
  if (code != Z_OK) throw std::bad_alloc();
  out.resize(size);
  out.shrink_to_fit();
  return out;
}

std::string inflated(const std::string& bytes, std::size_t length) {
  std::string out(length, '\0');
  uLongf size = length;
  const int code = uncompress(reinterpret_cast<Bytef*>(out.data()), &size,
                              reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  if (code != Z_OK) throw std::bad_alloc();  // the bytes are ours
  return out;
}

// A text and what was parsed from it and is not in use.
struct Source {
  explicit Source(const std::string& text) : bytes(deflated(text)), length(text.size()) {}

  std::unique_ptr<mustache::mustache> borrow() {
    {
      const std::lock_guard lock(mutex);
      if (!parsed.empty()) {
        auto one = std::move(parsed.back());
        parsed.pop_back();
        return one;
      }
    }
    return std::make_unique<mustache::mustache>(inflated(bytes, length));
  }
  void give_back(std::unique_ptr<mustache::mustache> one) {
    const std::lock_guard lock(mutex);
    // Many a page is rendered once, at the start, and kept: its template is not.
    if (std::exchange(was_used, true)) parsed.push_back(std::move(one));
  }

  const std::string bytes;
  const std::size_t length;
  std::mutex mutex;
  bool was_used = false;
  std::vector<std::unique_ptr<mustache::mustache>> parsed;
};

}  // namespace

struct Templates::Sources {
  std::map<std::string, Source, std::less<>> by_name;  // "vi:pages/start"
};

Result<Templates> Templates::load(const WebFiles& files, const Locales& locales) {
  Faults faults;
  auto sources = std::make_shared<Sources>();
  Expander expander(files, locales, faults);
  for (const auto& [path, content] : files) {
    if (!path.starts_with(kFolder) || !path.ends_with(kEnding)) continue;
    const std::string name = path.substr(kFolder.size(), path.size() - kFolder.size() - kEnding.size());
    // Partials of the layout are fragments that need not parse alone.
    for (const auto& language : locales.languages()) {
      const std::string text = expander.expand(path, content, language);
      if (!name.starts_with("layout/")) {
        const mustache::mustache parsed(text);
        if (!parsed.is_valid()) {
          faults.push_back({path, "", ErrorCode::definition_invalid, parsed.error_message()});
        }
      }
      sources->by_name.try_emplace(language + ":" + name, text);
    }
  }
  if (!faults.empty()) return fail(as_error(faults));
  Templates templates;
  templates.sources_ = std::move(sources);
  return templates;
}

bool Templates::has(std::string_view name) const {
  return sources_->by_name.contains("vi:" + std::string(name));
}

std::string Templates::render(std::string_view name, std::string_view language, const View& view) const {
  auto found = sources_->by_name.find(std::string(language) + ":" + std::string(name));
  if (found == sources_->by_name.end()) found = sources_->by_name.find("vi:" + std::string(name));
  assert(found != sources_->by_name.end() && "a page asks for a template that does not exist");
  if (found == sources_->by_name.end()) return {};
  Source& source = found->second;
  auto parsed = source.borrow();
  std::string page = parsed->render(to_data(view));
  source.give_back(std::move(parsed));
  return page;
}

}  // namespace khaosat
