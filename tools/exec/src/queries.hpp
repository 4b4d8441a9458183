// Role: the queries that a line can hold, each with its fields described once: reader and schema come from
// here.
#pragma once

#include <certledger/events/enums.hpp>
#include <certledger/events/json/json_schema.hpp>
#include <certledger/events/json/reader.hpp>
#include <certledger/projections/query_point.hpp>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

namespace certledger::exec {

using events::make_nvp;

struct CertificateQuery {
    static constexpr std::string_view kName = "certificate";
    static constexpr std::string_view kSummary = "A certificate as the list shows it.";
    events::CertificateId certificate;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate);
    }
};

struct ListQuery {
    static constexpr std::string_view kName = "list";
    static constexpr std::string_view kSummary = "The certificates of the account, page by page.";
    std::optional<events::Status> status;
    std::optional<std::string> domain;  ///< A name, or `*.x` for every name that ends in `.x`.
    std::optional<std::uint64_t> limit;
    std::optional<std::string> cursor;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("status", status) & make_nvp("domain", domain) & make_nvp("limit", limit) &
            make_nvp("cursor", cursor);
    }
};

struct ProgressQuery {
    static constexpr std::string_view kName = "progress";
    static constexpr std::string_view kSummary = "Where a certificate is on its way, and what is missing.";
    events::CertificateId certificate;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate);
    }
};

struct RefundQuery {
    static constexpr std::string_view kName = "refund";
    static constexpr std::string_view kSummary = "What comes back of a certificate's payment.";
    events::CertificateId certificate;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate);
    }
};

struct RefundsQuery {
    static constexpr std::string_view kName = "refunds";
    static constexpr std::string_view kSummary = "Every refund of the account, with the totals.";

    template <class Archive>
    void serialize(Archive&, unsigned) {}
};

struct QuotaQuery {
    static constexpr std::string_view kName = "quota";
    static constexpr std::string_view kSummary = "A quota and what is left of it.";
    events::QuotaId quota;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("quota", quota);
    }
};

struct HistoryQuery {
    static constexpr std::string_view kName = "history";
    static constexpr std::string_view kSummary = "The events of one stream; also of a deleted certificate.";
    std::optional<events::CertificateId> certificate;  ///< One of the two.
    std::optional<events::QuotaId> quota;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_nvp("certificate", certificate) & make_nvp("quota", quota);
    }
};

struct WatchQuery {
    static constexpr std::string_view kName = "watch";
    static constexpr std::string_view kSummary = "What should have happened by now and did not.";

    template <class Archive>
    void serialize(Archive&, unsigned) {}
};

struct PositionQuery {
    static constexpr std::string_view kName = "position";
    static constexpr std::string_view kSummary = "The end of the log and the root over it.";

    template <class Archive>
    void serialize(Archive&, unsigned) {}
};

using Query = std::variant<CertificateQuery, ListQuery, ProgressQuery, RefundQuery, RefundsQuery, QuotaQuery,
                           HistoryQuery, WatchQuery, PositionQuery>;

/// Makes `query` a default one of that name; false when there is none.
[[nodiscard]] bool select_query(std::string_view name, Query& query);

/// Fills the query from the line's object. Members that every query takes are left aside.
[[nodiscard]] std::optional<events::json::FieldError> read_query(const events::json::Json& line,
                                                                 Query& query);

/// The schema of a line with each query; `common` describes the members that every query takes.
[[nodiscard]] std::vector<events::json::OrderedJson> query_schemas(const events::json::SchemaArchive& common);

}  // namespace certledger::exec

namespace certledger::events::json {

/// A position as a number, or a time as text.
template <>
struct JsonValue<projections::AsOf> {
    static OrderedJson write(const projections::AsOf& value);
    static tl::expected<projections::AsOf, std::string> read(const Json& value);
    static OrderedJson schema();
};

}  // namespace certledger::events::json
