#include <certledger/events/json/parse.hpp>
#include <cstring>

namespace certledger::events::json {
namespace {

constexpr int kNumberOverflow = 406;  // the library's code for a number beyond double

/// Builds the document from the library's parse events. What cannot be kept (the second value of a name,
/// anything too deep) is passed over with all that stands in it, so that the rest is still read.
class Builder {
  public:
    explicit Builder(Document& document) : document_(document) {}

    bool null() { return put(nullptr); }
    bool boolean(bool value) { return put(value); }
    bool number_integer(Json::number_integer_t value) { return put(value); }
    bool number_unsigned(Json::number_unsigned_t value) { return put(value); }
    bool number_float(Json::number_float_t value, const Json::string_t&) { return put(value); }
    bool string(Json::string_t& value) { return put(std::move(value)); }
    bool binary(Json::binary_t&) { return false; }

    bool start_object(std::size_t) { return open(Json::value_t::object); }
    bool end_object() { return close(); }
    bool start_array(std::size_t) { return open(Json::value_t::array); }
    bool end_array() { return close(); }

    bool key(Json::string_t& name) {
        if (passed_over_ != 0) return true;
        auto& members = innermost()->get_ref<Json::object_t&>();
        const auto [at, fresh] = members.try_emplace(std::move(name));
        if (open_ == 1) field_ = &at->first;
        member_ = &at->second;
        unwanted_ = !fresh;
        if (unwanted_) {
            fault("the name \"" + (at->first.size() <= 64 ? at->first : "…") +
                  "\" stands twice in one object");
        }
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const Json::exception& error) {
        position_ = position;
        if (error.id == kNumberOverflow) fault("a number is beyond every type");
        overflow_ = error.id == kNumberOverflow;
        return false;
    }

    [[nodiscard]] std::size_t position() const { return position_; }
    [[nodiscard]] bool overflow() const { return overflow_; }

  private:
    [[nodiscard]] Json* innermost() { return containers_[open_ - 1]; }

    template <class T>
    bool put(T&& value) {
        const bool kept = passed_over_ == 0 && !unwanted_;
        if (kept) *place() = Json(std::forward<T>(value));
        unwanted_ = false;
        return true;
    }
    Json* place() {
        if (open_ == 0) return &document_.value;
        Json* const container = innermost();
        if (auto* array = container->get_ptr<Json::array_t*>()) return &array->emplace_back();
        return member_;
    }
    bool open(Json::value_t kind) {
        if (open_ == kMaxDepth) fault("the document is nested deeper than 32 levels");
        if (passed_over_ != 0 || unwanted_ || open_ == kMaxDepth) {
            ++passed_over_;
            unwanted_ = false;
            return true;
        }
        Json* const container = place();
        *container = Json(kind);
        containers_[open_++] = container;
        return true;
    }
    bool close() {
        if (passed_over_ != 0) {
            --passed_over_;
        } else {
            --open_;
        }
        return true;
    }
    void fault(std::string message) {
        if (document_.fault) return;
        document_.fault = FieldError{field_ != nullptr ? *field_ : std::string(), std::move(message)};
    }

    Document& document_;
    std::array<Json*, kMaxDepth> containers_{};
    std::size_t open_ = 0;
    std::size_t passed_over_ = 0;         ///< Containers open in what is not kept.
    bool unwanted_ = false;               ///< The next value is not kept.
    Json* member_ = nullptr;              ///< Where the value of the last name goes.
    const std::string* field_ = nullptr;  ///< The top-level name that is being read.
    std::size_t position_ = 0;
    bool overflow_ = false;
};

tl::unexpected<Error> not_json(std::size_t octet) {
    return fail(ErrorKind::invalid_input,
                "the text is not JSON in UTF-8: reading stopped at octet " + std::to_string(octet));
}

}  // namespace

Result<Document> parse_document(std::string_view text, std::size_t max_size) {
    if (text.size() > max_size) {
        return fail(ErrorKind::invalid_input, "the text has " + std::to_string(text.size()) +
                                                  " octets, must have at most " + std::to_string(max_size));
    }
    // The library takes an octet 0 for the end of the input, and skips a byte order mark.
    if (const auto zero = text.find('\0'); zero != std::string_view::npos) return not_json(zero + 1);
    if (text.starts_with("\xEF\xBB\xBF")) return not_json(1);
    Document document;
    Builder builder(document);
    const bool read = Json::sax_parse(text.data(), text.data() + text.size(), &builder);
    if (!read && !builder.overflow()) return not_json(builder.position());
    return document;
}

Result<Json> parse(std::string_view text, std::size_t max_size) {
    auto document = parse_document(text, max_size);
    if (!document) return tl::make_unexpected(std::move(document.error()));
    if (const auto& fault = document->fault) {
        return fail(ErrorKind::invalid_input,
                    fault->field.empty() ? fault->message : fault->field + ": " + fault->message);
    }
    return std::move(document->value);
}

}  // namespace certledger::events::json
