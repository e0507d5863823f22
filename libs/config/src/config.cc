#include "centralita/config/config.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "centralita/base/error.h"
#include "centralita/config/files.h"
#include "centralita/config/nearest.h"
#include "centralita/config/units.h"
#include "centralita/config/yaml_reader.h"

namespace centralita::config {
namespace {

constexpr std::string_view kPrefix = "CENTRALITA_";
constexpr std::string_view kFileSuffix = "_file";

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    items.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return items;
}

// Applies one source to the sections.
class SourceReader final {
 public:
  SourceReader(std::deque<Section>& sections, std::string source)
      : sections_(sections), problems_(std::move(source)) {}

  void ReadYaml(std::string_view text) {
    const YamlDocument document(text, problems_);
    if (!problems_.ok()) return;
    MapReader root(document.root());
    for (Section& section : sections_) {
      MapReader map(root.Get(section.name()));
      for (Field& field : section.fields()) {
        ReadYamlField(map, field);
      }
    }
  }

  // `full_name` is "section.key", `written` how the person wrote it.
  void Set(std::string_view full_name, std::string_view text, const Place& written) {
    const size_t dot = full_name.find('.');
    const std::string_view section_name = full_name.substr(0, dot);
    const std::string_view key =
        dot == std::string_view::npos ? std::string_view() : full_name.substr(dot + 1);
    const auto section = std::find_if(sections_.begin(), sections_.end(),
                                      [&](const Section& s) { return s.name() == section_name; });
    if (section == sections_.end()) {
      std::vector<std::string_view> known;
      for (const Section& s : sections_) known.push_back(s.name());
      problems_.Error(written, fmt::format("there is no section '{}'{}", section_name,
                                           Suggestion(section_name, known)));
      return;
    }
    SetKey(*section, key, text, written);
  }

  Problems& problems() { return problems_; }

 private:
  void ReadYamlField(MapReader& map, Field& field) {
    const Value value = map.Get(field.name);
    if (value.present()) {
      const std::vector<std::string> texts =
          field.list ? value.Strings() : std::vector<std::string>{value.AsString()};
      if (field.list || value.is_scalar()) SetTexts(field, texts, value.place());
    }
    if (!field.secret) return;
    // The name must live as long as the reader, which remembers it.
    const Value file = map.Get(*names_.insert(field.name + std::string(kFileSuffix)).first);
    if (file.present()) SetFile(field, file.AsString(), file.place());
  }

  void SetKey(Section& section, std::string_view key, std::string_view text, const Place& written) {
    std::vector<std::string> known;
    for (Field& field : section.fields()) {
      const std::string file_key = field.name + std::string(kFileSuffix);
      if (key == field.name) {
        SetTexts(field, field.list ? SplitList(text) : std::vector<std::string>{std::string(text)},
                 written);
        return;
      }
      known.push_back(field.name);
      if (!field.secret) continue;
      if (key == file_key) {
        SetFile(field, std::string(text), written);
        return;
      }
      known.push_back(file_key);
    }
    const std::vector<std::string_view> views(known.begin(), known.end());
    problems_.Error(written, fmt::format("section '{}' has no key '{}'{}", section.name(), key,
                                         Suggestion(key, views)));
  }

  void SetTexts(Field& field, const std::vector<std::string>& texts, const Place& place) {
    if (!OnlyOnce(field, place)) return;
    if (const Complaint complaint = field.set(texts)) {
      // The value of a secret is not to be repeated in a log.
      problems_.Error(place, field.secret ? "is not valid" : *complaint);
      return;
    }
    field.secret_file.clear();
  }

  void SetFile(Field& field, const std::string& path, const Place& place) {
    if (!OnlyOnce(field, place)) return;
    const absl::StatusOr<std::string> secret = ReadSecretFile(path);
    if (!secret.ok()) {
      problems_.Error(place, std::string(secret.status().message()));
      return;
    }
    if (field.set({*secret})) {
      problems_.Error(place, fmt::format("what is in {} is not valid", path));
      return;
    }
    field.secret_file = path;
  }

  bool OnlyOnce(const Field& field, const Place& place) {
    if (set_.insert(&field).second) return true;
    problems_.Error(place, field.secret
                               ? fmt::format("set '{0}' or '{0}_file', and only once", field.name)
                               : "is set twice; remove one");
    return false;
  }

  std::deque<Section>& sections_;
  Problems problems_;
  std::set<const Field*> set_;
  std::set<std::string> names_;
};

void ReadEnvironment(const Sources& sources, SourceReader& reader) {
  for (const auto& [name, value] : sources.environment) {
    if (!name.starts_with(kPrefix)) continue;
    const std::string_view rest = std::string_view(name).substr(kPrefix.size());
    const size_t border = rest.find("__");
    if (border == std::string_view::npos) continue;
    const std::string full =
        fmt::format("{}.{}", Lower(rest.substr(0, border)), Lower(rest.substr(border + 2)));
    reader.Set(full, value, {0, name});
  }
}

void ReadFlags(const Sources& sources, SourceReader& reader) {
  for (const std::string& flag : sources.flags) {
    const size_t equals = flag.find('=');
    if (!flag.starts_with("--") || equals == std::string::npos || flag.find('.') > equals) {
      reader.problems().Error({0, flag}, "is no setting; write --section.key=value");
      continue;
    }
    const std::string name = flag.substr(2, equals - 2);
    reader.Set(name, std::string_view(flag).substr(equals + 1), {0, "--" + name});
  }
}

// A YAML scalar that is read back as the same text.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

bool IsPlain(std::string_view text) {
  if (ParseInt(text)) return true;
  if (text.empty() || text == "null" || text.front() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '/' || c == '-';
  });
}

std::string Scalar(std::string_view text) {
  return IsPlain(text) ? std::string(text) : Quoted(text);
}

std::string PrintField(const Field& field) {
  std::string out = fmt::format("  # {}\n", field.description);
  const std::vector<std::string> values = field.get();
  if (field.secret) {
    if (!field.secret_file.empty()) {
      return out + fmt::format("  {}_file: {}\n", field.name, Scalar(field.secret_file));
    }
    const bool set = !values.front().empty();
    return out + fmt::format("  # {}: ({})\n", field.name, set ? "set, not shown" : "not set");
  }
  if (!field.list) return out + fmt::format("  {}: {}\n", field.name, Scalar(values.front()));
  std::vector<std::string> items;
  for (const std::string& value : values) items.push_back(Scalar(value));
  return out + fmt::format("  {}: [{}]\n", field.name, fmt::join(items, ", "));
}

}  // namespace

Section& Config::Add(std::string_view name, std::string_view description) {
  return sections_.emplace_back(std::string(name), std::string(description));
}

absl::Status Config::Load(const Sources& sources) {
  std::vector<std::string> lines;
  const auto collect = [&](SourceReader& reader) {
    for (std::string& line : reader.problems().Errors()) lines.push_back(std::move(line));
  };
  if (!sources.file_name.empty()) {
    SourceReader reader(sections_, sources.file_name);
    reader.ReadYaml(sources.yaml);
    collect(reader);
  }
  SourceReader environment(sections_, "environment");
  ReadEnvironment(sources, environment);
  collect(environment);
  SourceReader flags(sections_, "flags");
  ReadFlags(sources, flags);
  collect(flags);
  if (lines.empty()) return absl::OkStatus();
  return base::Error(absl::StatusCode::kInvalidArgument, "invalid_config",
                     fmt::format("{}", fmt::join(lines, "\n")));
}

std::string Config::Print() const {
  std::string out;
  for (const Section& section : sections_) {
    if (!out.empty()) out += '\n';
    out += fmt::format("# {}\n{}:\n", section.description(), section.name());
    for (const Field& field : section.fields()) out += PrintField(field);
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> ProcessEnvironment() {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (!text.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace centralita::config
