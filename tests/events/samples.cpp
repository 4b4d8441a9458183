#include <certledger/events/ids.hpp>
#include <map>

#include "sampler.hpp"
#include "samples.hpp"

namespace certledger::testing {
namespace {

using events::Bytes;
using events::Event;
using events::EventType;

/// Collects the enumerations that stand in events, by what they are called.
class EnumCollector {
  public:
    using is_loading = std::false_type;
    using is_saving = std::true_type;

    template <class T>
    EnumCollector& operator&(const boost::serialization::nvp<T>&) {
        collect<T>();
        return *this;
    }
    template <class V>
    EnumCollector& operator&(const events::Tagged<V>&) {
        collect<events::TagOf<V>>();
        [this]<std::size_t... I>(std::index_sequence<I...>) {
            (collect<std::variant_alternative_t<I, V>>(), ...);
        }
        (std::make_index_sequence<std::variant_size_v<V>>{});
        return *this;
    }

    template <class T>
    void collect() {
        if constexpr (std::is_enum_v<T>) {
            auto& codes = found[std::string(events::EnumTraits<T>::kind)];
            codes.clear();
            for (const auto& entry : events::EnumTraits<T>::entries)
                codes.emplace_back(static_cast<unsigned>(entry.value), entry.name);
        } else if constexpr (events::is_optional<T> || events::is_vector<T>) {
            collect<typename T::value_type>();
        } else if constexpr (requires(T & value, EnumCollector & ar) { value.serialize(ar, 1U); }) {
            T{}.serialize(*this, 1U);
        }
    }

    std::map<std::string, std::vector<std::pair<unsigned, std::string_view>>> found;
};

Event sample(EventType type, Style style, std::size_t alternative, std::size_t& alternatives) {
    Event event = events::make_event(type);
    Sampler sampler(style, alternative);
    std::visit([&](auto& held) { sampler.fill(held); }, event);
    alternatives = sampler.alternatives();
    return event;
}

events::RecordView sample_view(EventType type, std::size_t index, const Bytes& payload) {
    events::RecordView record;
    record.type = type;
    record.schema = static_cast<std::uint16_t>(events::schema_of(events::make_event(type)));
    record.position = 1 + index;
    record.version = 1;
    record.recorded_at = record.occurred_at = events::Instant{1'767'323'045'000'000};
    record.id.octets = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    record.stream = "certificate-k1";
    record.actor = "ada";
    record.account = "default";
    record.payload = payload;
    if (index == 1) return record;  // the one without anything optional
    record.position = index == 0 ? 0x0102030405060708U : std::numeric_limits<std::uint64_t>::max();
    record.version = 300;
    record.previous = record.position - 1;
    record.occurred_at = index == 0 ? events::Instant{-1} : events::kEarliest;
    record.recorded_at = index == 0 ? events::Instant{1'767'323'045'000'012} : events::kLatest;
    record.causation.octets = {0xFF, 0xEE, 0xDD, 0xCC, 0xBB, 0xAA, 0x99, 0x88, 0, 0, 0, 0, 0, 0, 0, 1};
    record.command_digest = {16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
    record.stream = "rejection-certificate-k1";
    record.actor = "Ada \"ü\\€\"";
    record.command = "c~1 2";
    record.correlation = "für 𝔘";
    return record;
}

}  // namespace

std::vector<EventType> event_types() {
    std::vector<EventType> types;
    for (const auto& entry : events::EnumTraits<EventType>::entries) types.push_back(entry.value);
    return types;
}

Event random_event(EventType type, Random& random) {
    Event event = events::make_event(type);
    std::visit([&](auto& held) { Filler(random).fill(held); }, event);
    return event;
}

std::vector<Event> sample_events(EventType type) {
    std::vector<Event> samples;
    std::size_t alternatives = 1;
    for (std::size_t alternative = 0; alternative < alternatives; ++alternative) {
        for (const Style style : {Style::full, Style::bare, Style::edge}) {
            Event event = sample(type, style, alternative, alternatives);
            // A type without fields has one value only.
            if (samples.empty() || !same(samples.back(), event)) samples.push_back(std::move(event));
        }
    }
    return samples;
}

std::vector<Bytes> sample_records(EventType type) {
    std::vector<Bytes> records;
    for (const Event& event : sample_events(type))
        records.push_back(encoded(sample_view(type, records.size() % 3, encoded(event))));
    return records;
}

void fill_random_record(EventType type, Random& random, RandomRecord& storage) {
    Filler filler(random);
    for (auto* text :
         {&storage.stream, &storage.actor, &storage.account, &storage.command, &storage.correlation})
        *text = filler.text();
    storage.payload = encoded(random_event(type, random));
    events::RecordView& view = storage.view;
    view.type = type;
    view.schema = static_cast<std::uint16_t>(events::schema_of(events::make_event(type)));
    view.position = filler.integer<std::uint64_t>() | 1U;
    view.version = filler.integer<std::uint64_t>() | 1U;
    view.previous = filler.integer<std::uint64_t>();
    view.occurred_at = filler.instant();
    view.recorded_at = filler.instant();
    filler.fill(view.id);
    filler.fill(view.causation);
    events::Uuid digest;
    filler.fill(digest);
    view.command_digest = digest.octets;
    view.stream = storage.stream;
    view.actor = storage.actor;
    view.account = storage.account;
    view.command = storage.command;
    view.correlation = storage.correlation;
    view.payload = storage.payload;
}

bool same(const Event& a, const Event& b) { return a == b; }

Bytes encoded(const Event& event) {
    Bytes payload;
    events::encode_event(event, payload);
    return payload;
}

Bytes encoded(const events::RecordView& record) {
    Bytes bytes;
    events::encode_record(record, bytes);
    return bytes;
}

std::string format_tables() {
    std::string text = "### Currencies\n\n| digits | codes |\n| --- | --- |\n";
    for (int digits = 0; digits <= 4; ++digits) {
        std::string codes;
        for (char a = 'A'; a <= 'Z'; ++a) {
            for (char b = 'A'; b <= 'Z'; ++b) {
                for (char c = 'A'; c <= 'Z'; ++c) {
                    const std::string code{a, b, c};
                    if (events::currency_exponent(code) == digits) codes += " " + code;
                }
            }
        }
        if (!codes.empty()) text += "| " + std::to_string(digits) + " |" + codes + " |\n";
    }
    EnumCollector enums;
    for (const EventType type : event_types()) {
        const Event event = events::make_event(type);
        std::visit([&](const auto& held) { enums.collect<std::remove_cvref_t<decltype(held)>>(); }, event);
    }
    text += "\n### Enumerations\n\n| enumeration | codes and names |\n| --- | --- |\n";
    for (const auto& [kind, codes] : enums.found) {
        std::string cells;
        for (const auto& [code, name] : codes)
            cells += (cells.empty() ? " " : ", ") + std::to_string(code) + " " + std::string(name);
        text += "| " + kind + " |" + cells + " |\n";
    }
    text += "\n### Events\n";
    for (const EventType type : event_types()) {
        const std::string fields = events::schema_text(type);
        text += "\n#### " + std::to_string(static_cast<unsigned>(type)) + " " +
                std::string(events::to_name(type)) + ", schema " +
                std::to_string(events::schema_of(events::make_event(type))) + "\n\n";
        text += fields.empty() ? "No fields: the payload is empty.\n" : "```text\n" + fields + "```\n";
    }
    return text;
}

}  // namespace certledger::testing
