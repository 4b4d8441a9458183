#include <certledger/events/json/reader.hpp>

namespace certledger::events::json {

const Json* JsonReader::take(const char* name) {
    const auto found = object_->find(name);
    if (found == object_->end()) return nullptr;
    ++taken_;
    return &*found;
}

void JsonReader::fault(std::string rule) {
    if (!ok_) return;
    ok_ = false;
    std::string path;
    for (std::size_t i = 0; i < std::min(steps_, kMaxDepth); ++i) {
        if (path_[i].name == nullptr) {
            path += "[" + std::to_string(path_[i].index) + "]";
        } else {
            path += (path.empty() ? "" : ".") + std::string(path_[i].name);
        }
    }
    error_.field = steps_ > 0 && path_[0].name != nullptr ? path_[0].name : "";
    error_.message = (path.empty() ? "the document" : path) + " " + rule;
}

void JsonReader::fault_at_unknown(const std::vector<std::string_view>& known) {
    for (const auto& [name, value] : object_->items()) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        const Step step(*this, name.c_str());
        return fault("is unknown here");
    }
}

}  // namespace certledger::events::json
