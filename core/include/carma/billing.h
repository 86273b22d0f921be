// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/plan.h>
#include <carma/usage.h>

#include <functional>
#include <span>

/// What customers owe. Plans, subscriptions and invoices are records of the store's log, written together with an audit entry.
namespace carma {

struct Subscription {
    std::string customer;
    std::string plan;
    std::int64_t fromUs = 0;                                      ///< a day
    std::int64_t toUs = std::numeric_limits<std::int64_t>::max(); ///< before this day
    bool operator==(const Subscription&) const = default;
};

/// Part of the stored format, do not renumber.
enum class LineKind : std::uint8_t {
    Flat = 0,
    Usage = 1,
    Minimum = 2,    ///< what lacks to the minimum
    Cap = 3,        ///< what is above the cap, taken off
    Adjustment = 4, ///< of an earlier period, whose invoice is final
    Tax = 5,
    Credit = 6, ///< prepaid, used
};
std::string_view name(LineKind kind); ///< "flat", "usage", "minimum", "cap", "adjustment", "tax", "credit"

struct InvoiceLine {
    LineKind kind{};
    std::string key;  ///< what it is for: "plan:team/2026-01-01/charge/0"; the same in every invoice
    std::string text; ///< for people
    std::string meter;
    Decimal quantity; ///< of the meter; for adjustments what was added to the quantity
    std::int64_t amount = 0;
    std::int64_t fromUs = 0, toUs = 0; ///< what it is for, UTC
    std::string taxName;
    Decimal taxPercent;
    /// Events of the customer and meter that were recorded at these places in the log are counted here.
    Sequence fromPlace = 0, toPlace = 0;
    bool operator==(const InvoiceLine&) const = default;
};

/// Part of the stored format, do not renumber. Draft -> Final -> Paid or Void; a credit note is final at once.
enum class InvoiceState : std::uint8_t { Draft = 0, Final = 1, Paid = 2, Void = 3 };
std::string_view name(InvoiceState state); ///< "draft", "final", "paid", "void"

struct Invoice {
    bool creditNote = false;
    InvoiceState state = InvoiceState::Draft;
    std::uint64_t number = 0;  ///< 1, 2, 3 ... without a gap, credit notes on their own; 0 for drafts
    std::uint64_t credits = 0; ///< credit notes: the number of the invoice
    std::string customer;
    Currency currency;
    Month period;
    std::int64_t issuedUs = 0; ///< 0 for drafts
    std::vector<InvoiceLine> lines;
    std::int64_t total = 0; ///< the sum of the lines
    std::string reason;     ///< why it is void, or credited; how it was paid
    Sequence through = 0;   ///< usage recorded before this place is in it
    bool operator==(const Invoice&) const = default;
};
std::string title(const Invoice& invoice);    ///< "INV-000001", "CN-000001", "draft"
std::string digestOf(const Invoice& invoice); ///< SHA-256 of what is billed, hexadecimal; the same for a draft and its final invoice

enum class InvoiceForm : std::uint8_t { Json, Csv, Pdf };
/// The same bytes whenever it is called. PDF shows characters of Windows-1252; others as '?'.
Result<std::string> exportInvoice(const Invoice& invoice, InvoiceForm form);

struct InvoiceFilter {
    std::string customer; ///< empty: all
    std::optional<Month> period;
};

/// Obtained from Store; lives as long as it. Thread-safe. What writes gives Busy if the store is open for reading only, and leaves an
/// audit entry also where it is refused. With `dryRun` everything is checked and nothing written.
///
/// Metering: once there is a plan, or metering was turned on, every operation is counted for its namespace, in memory by the minute. A
/// store that is open for writing records that with the next change, before anything here is answered, and on closing. One that is open
/// for reading only leaves it, sealed, in a file of its own beside the log, once a minute while it is used and on closing; whoever has
/// the store open for writing takes it in, each event once whatever happens in between. Not metered: at most the last minute of a
/// process that is killed, and reads from a folder that cannot be written to.
class Billing {
public:
    virtual ~Billing() = default;

    // --- usage

    /// All or none. InvalidArgument names the event: "/3/time: ...". Durable on return.
    virtual Result<UsageReport> record(std::span<const UsageEvent> events, bool dryRun) = 0;
    /// In the order of time, then source and id.
    virtual Result<void> events(const UsageFilter& filter, const std::function<Result<bool>(const UsageEvent&)>& visit) = 0;
    /// Steps without events are left out.
    virtual Result<std::vector<UsageRollup>> rollUps(const UsageFilter& filter, RollupStep step) = 0;
    /// What stands at 80 or 100 % of a quota or budget in the period; what is new is recorded, if the store is open for writing.
    virtual Result<std::vector<UsageAlert>> alerts(const Month& period) = 0;
    /// LimitExceeded if a hard stop forbids the customer more of the meter now. Follows what is recorded: up to a minute late.
    virtual Result<void> admit(std::string_view customer, std::string_view meter) = 0;
    virtual Result<bool> metering() = 0;
    virtual Result<void> setMetering(bool on) = 0;

    // --- plans

    /// AlreadyExists for the same id and first day; InvalidArgument if it would change a period with a final invoice.
    virtual Result<Plan> addPlan(std::string_view json, bool dryRun) = 0;
    virtual Result<std::vector<Plan>> plans() = 0; ///< by id and first day
    /// Ends the customer's earlier subscription on that day. NotFound: no such plan then.
    virtual Result<void> subscribe(const Subscription& subscription, bool dryRun) = 0;
    virtual Result<void> unsubscribe(std::string_view customer, std::int64_t fromUs, bool dryRun) = 0;
    virtual Result<std::vector<Subscription>> subscriptions() = 0; ///< by customer and first day
    /// Prepaid credit, in minor units of the currency of the customer's plan.
    virtual Result<void> grant(std::string_view customer, std::int64_t amount, std::string_view reason, bool dryRun) = 0;
    virtual Result<std::int64_t> creditOf(std::string_view customer) = 0; ///< what is left of it
    virtual Result<Currency> currencyOf(std::string_view customer) = 0;   ///< NotFound without a subscription

    // --- invoices

    /// Customers with a subscription in the period.
    virtual Result<std::vector<std::string>> customersOf(const Month& period) = 0;
    virtual Result<bool> isBilled(std::string_view customer, const Month& period) = 0; ///< has an invoice that is final or paid
    /// What would be billed now. AlreadyExists if the period has an invoice that is final or paid.
    virtual Result<Invoice> draft(std::string_view customer, const Month& period) = 0;
    /// Makes it final: one record, whole or not at all. The period must be over. `digest` (of the draft that was looked at) may be empty;
    /// InvalidArgument if it is another now, or if the clock stands before the last invoice.
    virtual Result<Invoice> finalise(std::string_view customer, const Month& period, std::string_view digest) = 0;
    virtual Result<Invoice> pay(std::uint64_t number, std::string_view reason, bool dryRun) = 0;
    /// Its number stays used; its lines count as not billed. InvalidArgument if it is paid or has credit notes.
    virtual Result<Invoice> cancel(std::uint64_t number, std::string_view reason, bool dryRun) = 0;
    /// A credit note over `amount` minor units, tax included; none: all that is left. InvalidArgument if more than is left.
    virtual Result<Invoice> credit(std::uint64_t number, std::optional<std::int64_t> amount, std::string_view reason, bool dryRun) = 0;
    virtual Result<std::vector<Invoice>> invoices(const InvoiceFilter& filter) = 0; ///< by number, then credit notes by theirs
    virtual Result<Invoice> invoice(std::uint64_t number, bool creditNote) = 0;     ///< NotFound
    /// The events that a line of an invoice counts, those that take others back included.
    virtual Result<void> eventsOf(
        const Invoice& invoice, std::size_t line, const std::function<Result<bool>(const UsageEvent&)>& visit) = 0;
};

} // namespace carma
