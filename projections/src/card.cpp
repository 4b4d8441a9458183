#include <certledger/events/field_seek.hpp>
#include <certledger/projections/card.hpp>

namespace certledger::projections {

namespace {

using Octets = std::span<const std::uint8_t>;

[[noreturn]] void cannot_be_read(const std::string& why) { throw OutcomeUnknown("views: a card: " + why); }

/// Only its description is looked at.
CertificateRow& prototype() {
    static CertificateRow row;
    return row;
}

/// Reads values one behind the other.
class Reading {
  public:
    explicit Reading(Octets octets) : reader_(octets, 1) {}

    template <class T>
    T next() {
        T value{};
        reader_.read(value);
        if (!reader_.ok()) cannot_be_read(reader_.fault());
        return value;
    }
    std::string_view next_text() {
        const auto text = reader_.read_text_in_place();
        if (!reader_.ok()) cannot_be_read(reader_.fault());
        return text;
    }

  private:
    events::CanonicalReader reader_;
};

}  // namespace

Octets Card::at(Field field) const {
    if (places_[field] == nullptr) {
        CertificateRow& described = prototype();
        events::FieldSeeker seeker(octets_, &described.certificate, &described.status, &described.issued,
                                   &described.names);
        described.serialize_card(seeker);
        for (std::size_t number = 0; number < kFields; ++number) {
            if (const auto found = seeker.found(number)) places_[number] = found->data();
        }
        if (places_[field] == nullptr) cannot_be_read("it is too short");
    }
    return {places_[field], octets_.data() + octets_.size()};
}

std::string_view Card::certificate() const {
    if (row_ != nullptr) return row_->certificate.value;
    return Reading(at(kCertificate)).next_text();
}

Status Card::status() const { return row_ != nullptr ? row_->status : Reading(at(kStatus)).next<Status>(); }

key::Created Card::place() const {
    const auto place = key::read_created(key_);
    if (!place) cannot_be_read("its key is none of the index by creation");
    return *place;
}

Instant Card::created_at() const { return row_ != nullptr ? row_->created_at : place().created_at; }

std::optional<Instant> Card::not_after() const {
    if (row_ != nullptr) return row_->issued ? std::optional(row_->issued->not_after) : std::nullopt;
    const auto issued = at(kIssued);
    if (!Reading(issued).next<bool>()) return std::nullopt;
    static IssuedRow described;
    events::FieldSeeker seeker(issued.subspan(1), &described.not_after);
    described.serialize(seeker, 1);
    const auto found = seeker.found();
    if (!found) cannot_be_read("it is too short");
    return Reading(*found).next<Instant>();
}

void Card::each_name(
    const std::function<void(std::string_view ascii, std::string_view unicode)>& visit) const {
    if (row_ != nullptr) {
        for (const auto& name : row_->names) visit(name.ascii, name.shown());
        return;
    }
    Reading names(at(kNames));
    for (auto left = names.next<std::uint32_t>(); left > 0; --left) {
        const auto ascii = names.next_text();
        const bool other = names.next<bool>();
        visit(ascii, other ? names.next_text() : ascii);
    }
}

const CertificateRow& Card::row() const {
    if (row_ != nullptr) return *row_;
    events::CanonicalReader reader(octets_, 1);
    memory_->serialize_card(reader);
    if (!reader.ok() || reader.left() != 0) cannot_be_read(reader.fault());
    const auto [account, created_at, number] = place();
    memory_->account.value = account;
    memory_->created_at = created_at;
    memory_->row = number;
    return *(row_ = memory_);
}

}  // namespace certledger::projections
