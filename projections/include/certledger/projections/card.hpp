// Role: the card of one certificate (CertificateRow::serialize_card) where a keeper of rows holds it: what a
// page shows is read in place, and values are made only of what is asked for as a value.
#pragma once

#include <array>
#include <certledger/projections/index.hpp>
#include <functional>
#include <span>
#include <string_view>

namespace certledger::projections {

/// Lifetime: within the call that shows it. Threads: one. Octets that are no card throw OutcomeUnknown: the
/// views have to be made anew.
class Card {
  public:
    /// Of its key in Index::created and its canonical octets; row() is made in `memory`, which is used again
    /// for one card after the other.
    Card(std::string_view key, std::span<const std::uint8_t> octets, CertificateRow& memory)
        : key_(key), octets_(octets), memory_(&memory) {}
    /// Of a row that is in memory.
    explicit Card(const CertificateRow& row) : row_(&row) {}

    [[nodiscard]] std::string_view certificate() const;
    [[nodiscard]] Status status() const;
    [[nodiscard]] Instant created_at() const;
    /// Nothing: never issued.
    [[nodiscard]] std::optional<Instant> not_after() const;
    /// The names in their order, as A-labels and in the form to show.
    void each_name(const std::function<void(std::string_view ascii, std::string_view unicode)>& visit) const;

    /// All fields of the key and the card as values; the others are as they were.
    [[nodiscard]] const CertificateRow& row() const;

  private:
    /// Of what is read in place, in the order of the card.
    enum Field : std::size_t { kCertificate, kStatus, kIssued, kNames, kFields };
    [[nodiscard]] std::span<const std::uint8_t> at(Field field) const;
    [[nodiscard]] key::Created place() const;

    std::string_view key_;
    std::span<const std::uint8_t> octets_;
    CertificateRow* memory_ = nullptr;
    mutable std::array<const std::uint8_t*, kFields> places_{};  ///< Once one of them was looked for.
    mutable const CertificateRow* row_ = nullptr;                ///< Once it is made.
};

/// Receives a certificate of a page or the one that was asked for.
using CardVisitor = std::function<void(const Card& card)>;

}  // namespace certledger::projections
