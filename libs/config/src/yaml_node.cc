#include "yaml_node.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace centralita::config {
namespace {

// An alias copies what it names; this keeps a small file from becoming a huge tree.
constexpr size_t kMaxNodes = 2'000'000;

size_t CountNodes(const YamlNode& node) {
  size_t count = 1;
  for (const YamlNode& item : node.items) count += CountNodes(item);
  for (const YamlNode::Entry& entry : node.entries) count += CountNodes(entry.value);
  return count;
}

// Builds the tree from yaml-cpp's events, since YAML::Node keeps neither repeated keys nor the
// lines of keys.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Problems& problems) : problems_(problems) {}

  std::unique_ptr<YamlNode> TakeRoot() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string&) override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add(Make(YamlNode::Kind::kNull, mark), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      problems_.Error({mark.line + 1, PathHere()}, "an alias must not stand inside what it names");
      Add(Make(YamlNode::Kind::kNull, mark), 0);
      return;
    }
    nodes_ += CountNodes(found->second);
    if (nodes_ > kMaxNodes) {
      if (!too_large_) {
        problems_.Error({mark.line + 1, PathHere()}, "aliases make this document too large");
      }
      too_large_ = true;
      Add(Make(YamlNode::Kind::kNull, mark), 0);
      return;
    }
    Add(found->second, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = Make(YamlNode::Kind::kScalar, mark);
    node.text = value;
    node.quoted = tag == "!";
    if (!node.quoted && (value == "~" || value == "null")) node.kind = YamlNode::Kind::kNull;
    Add(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open_.push_back({Make(YamlNode::Kind::kList, mark), anchor, {}, 0, false});
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open_.push_back({Make(YamlNode::Kind::kMap, mark), anchor, {}, 0, false});
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor;
    // Of a map: the key whose value comes next.
    std::string key;
    int key_line;
    bool has_key;
  };

  YamlNode Make(YamlNode::Kind kind, const YAML::Mark& mark) {
    ++nodes_;
    YamlNode node;
    node.kind = kind;
    node.line = mark.line + 1;
    return node;
  }

  void Close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    Add(std::move(done.node), done.anchor);
  }

  void Add(YamlNode node, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = std::make_unique<YamlNode>(std::move(node));
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::kList) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.has_key) {
      AddEntry(parent, std::move(node));
    } else {
      TakeKey(parent, node);
    }
  }

  void TakeKey(Open& map, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kScalar) {
      problems_.Error({node.line, PathHere()}, "a key must be a plain text");
    }
    map.key = node.text;
    map.key_line = node.line;
    map.has_key = true;
  }

  void AddEntry(Open& map, YamlNode value) {
    map.has_key = false;
    auto& entries = map.node.entries;
    const auto same =
        std::find_if(entries.begin(), entries.end(),
                     [&](const YamlNode::Entry& entry) { return entry.key == map.key; });
    if (same != entries.end()) {
      problems_.Error({map.key_line, ChildPath(PathHere(), map.key)},
                      fmt::format("is there twice, first on line {}; remove one", same->line));
      return;
    }
    entries.push_back({map.key, map.key_line, std::move(value)});
  }

  // Of the innermost map or list that is open.
  std::string PathHere() const {
    std::string path;
    for (size_t i = 0; i + 1 < open_.size(); ++i) {
      const Open& level = open_[i];
      path = level.node.kind == YamlNode::Kind::kList
                 ? fmt::format("{}[{}]", path, level.node.items.size())
                 : ChildPath(path, level.key);
    }
    return path;
  }

  Problems& problems_;
  std::unique_ptr<YamlNode> root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  size_t nodes_ = 0;
  bool too_large_ = false;
};

// The line of the first byte that is no UTF-8; 0 if all is well.
int LineOfInvalidUtf8(std::string_view text) {
  int line = 1;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead == '\n') ++line;
    const size_t length = lead < 0x80             ? 1
                          : (lead & 0xE0) == 0xC0 ? 2
                          : (lead & 0xF0) == 0xE0 ? 3
                          : (lead & 0xF8) == 0xF0 ? 4
                                                  : 0;
    if (length == 0 || i + length > text.size() || lead == 0xC0 || lead == 0xC1) return line;
    uint32_t point = length == 1 ? lead : lead & (0x7F >> length);
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0) != 0x80) return line;
      point = point << 6 | (next & 0x3F);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    if (overlong || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return line;
    i += length;
  }
  return 0;
}

}  // namespace

std::string ChildPath(const std::string& at, std::string_view key) {
  const bool plain = !key.empty() && key.find_first_of(".[]'\" ") == std::string_view::npos;
  if (!plain) return fmt::format("{}['{}']", at, key);
  return at.empty() ? std::string(key) : fmt::format("{}.{}", at, key);
}

std::unique_ptr<YamlNode> ParseYaml(std::string_view text, Problems& problems) {
  if (const int line = LineOfInvalidUtf8(text); line != 0) {
    problems.Error({line, {}}, "is not valid UTF-8; save the file as UTF-8");
    return nullptr;
  }
  // yaml-cpp throws; nothing of it passes this function.
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder(problems);
    if (!parser.HandleNextDocument(builder)) return nullptr;
    std::unique_ptr<YamlNode> root = builder.TakeRoot();
    TreeBuilder rest(problems);
    if (parser.HandleNextDocument(rest)) {
      const std::unique_ptr<YamlNode> second = rest.TakeRoot();
      problems.Error({second == nullptr ? 0 : second->line, {}},
                     "a second document begins; one file is one document, remove the '---'");
    }
    return root;
  } catch (const YAML::Exception& e) {
    problems.Error({e.mark.line + 1, {}},
                   fmt::format("is no valid YAML (column {}): {}", e.mark.column + 1, e.msg));
  } catch (const std::exception& e) {
    problems.Error({}, fmt::format("cannot be read as YAML: {}", e.what()));
  }
  return nullptr;
}

}  // namespace centralita::config
