// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "billing/rate.h"

#include <atomic>
#include <mutex>

namespace carma::billing {

/// Billing over a journal; split over engine_usage, engine_plans and engine_invoices.
class Engine final : public Billing {
public:
    explicit Engine(journal::Journal& journal, const usage::UsageBook::Limits& limits = {}) : m_journal(journal), m_limits(limits) {}

    /// Called before anything is answered, without locks: what is metered in memory is recorded then.
    void onAsked(std::function<void()> hook) { m_onAsked = std::move(hook); }
    /// record() for what the store metered itself: does not call the hook.
    Result<void> recordMetered(std::span<const UsageEvent> events);
    /// What billing has about a customer who is to be erased.
    struct Traces {
        std::vector<Sequence> records;     ///< that name the customer and go: subscriptions, credit, alerts, the pseudonym
        std::vector<std::string> invoices; ///< titles of those that were issued: they stay
    };
    Result<Traces> tracesOf(std::string_view customer);
    /// `end` decides that the customer is gone and promises to purge the records; nothing is recorded meanwhile. forget() follows when they
    /// are gone.
    Result<void> eraseCustomer(std::string_view customer, const std::function<Result<void>(const Traces&)>& end);
    /// Makes all that is in memory anew from the log when it is asked for next.
    void forget();
    /// Whether the store is to be metered. What is known without looking: 0, 1, or -1 before anything was read.
    Result<bool> isMetered();
    [[nodiscard]] int knownMetering() const { return m_isMetered; }

    Result<UsageReport> record(std::span<const UsageEvent> events, bool dryRun) override;
    Result<void> events(const UsageFilter& filter, const std::function<Result<bool>(const UsageEvent&)>& visit) override;
    Result<std::vector<UsageRollup>> rollUps(const UsageFilter& filter, RollupStep step) override;
    Result<std::vector<UsageAlert>> alerts(const Month& period) override;
    Result<void> admit(std::string_view customer, std::string_view meter) override;
    Result<bool> metering() override;
    Result<void> setMetering(bool on) override;

    Result<Plan> addPlan(std::string_view json, bool dryRun) override;
    Result<std::vector<Plan>> plans() override;
    Result<void> subscribe(const Subscription& subscription, bool dryRun) override;
    Result<void> unsubscribe(std::string_view customer, std::int64_t fromUs, bool dryRun) override;
    Result<std::vector<Subscription>> subscriptions() override;
    Result<void> grant(std::string_view customer, std::int64_t amount, std::string_view reason, bool dryRun) override;
    Result<std::int64_t> creditOf(std::string_view customer) override;
    Result<Currency> currencyOf(std::string_view customer) override;

    Result<std::vector<std::string>> customersOf(const Month& period) override;
    Result<bool> isBilled(std::string_view customer, const Month& period) override;
    Result<Invoice> draft(std::string_view customer, const Month& period) override;
    Result<Invoice> finalise(std::string_view customer, const Month& period, std::string_view digest) override;
    Result<Invoice> pay(std::uint64_t number, std::string_view reason, bool dryRun) override;
    Result<Invoice> cancel(std::uint64_t number, std::string_view reason, bool dryRun) override;
    Result<Invoice> credit(std::uint64_t number, std::optional<std::int64_t> amount, std::string_view reason, bool dryRun) override;
    Result<std::vector<Invoice>> invoices(const InvoiceFilter& filter) override;
    Result<Invoice> invoice(std::uint64_t number, bool creditNote) override;
    Result<void> eventsOf(const Invoice& invoice, std::size_t line, const std::function<Result<bool>(const UsageEvent&)>& visit) override;

private:
    /// Locks, and takes in what is new. With `usage` the events, too: they are many.
    Result<std::unique_lock<std::mutex>> enter(bool usage);
    Result<void> follow(bool usage);
    /// What the audit is told. Names of customers are personal: they stand in `subject` only.
    struct Deed {
        std::string action, object, subject, detail;
    };
    /// The error, after an audit entry about the attempt unless it was a dry run.
    Error refuse(const Deed& deed, Error error, bool dryRun);
    Result<void> write(const Item& item, const Deed& deed);
    [[nodiscard]] Rating rating();
    Result<void> checkWhole() const;

    Result<UsageReport> recordNow(std::span<const UsageEvent> events, bool dryRun);
    Result<void> checkEvent(const UsageEvent& event, std::size_t number, const usage::UsageBook::Found& known) const;
    Result<usage::UsageBook::Found> knownOf(std::span<const UsageEvent> events);
    /// Puts pseudonyms for customers; those that are new are added to `entries`.
    void disguise(std::vector<UsageEvent>& events, std::vector<journal::NewEntry>& entries);
    void unmask(std::vector<std::optional<UsageEvent>>& events);
    Result<Traces> tracesNow(std::string_view customer);
    [[nodiscard]] std::unique_ptr<usage::UsageBook> newUsage();
    Result<void> visitEvents(std::vector<usage::StoredEvent> found, const std::function<Result<bool>(const UsageEvent&)>& visit);
    [[nodiscard]] Meter meterNamed(std::string_view customer, std::string_view id) const;
    Result<void> addAlerts(const std::string& customer, const Month& period, std::vector<UsageAlert>& alerts);
    Result<std::string> stopReason(std::string_view customer, std::string_view meter);

    Result<Plan> checkPlan(std::string_view json) const;
    Result<void> checkSubscription(const Subscription& subscription) const;
    Result<void> checkOpen(std::string_view customer, std::int64_t fromUs) const;

    Result<Invoice> draftNow(std::string_view customer, const Month& period);
    Result<Invoice> finaliseNow(std::string_view customer, const Month& period, std::string_view digest);
    Result<Invoice> find(std::uint64_t number) const;
    [[nodiscard]] std::int64_t credited(std::uint64_t number) const;
    Result<Invoice> change(std::uint64_t number, InvoiceState to, std::string_view reason, bool dryRun);
    Result<Invoice> creditNow(std::uint64_t number, std::optional<std::int64_t> amount, std::string_view reason) const;

    struct Stop {
        Sequence end = 0;
        std::int64_t minute = 0;
        std::string reason; ///< empty: admitted
    };

    journal::Journal& m_journal;
    const usage::UsageBook::Limits m_limits;
    std::function<void()> m_onAsked;
    std::atomic<int> m_mayStop{-1}; ///< whether any plan has a hard stop; -1: not known yet
    std::atomic<int> m_isMetered{-1};
    std::mutex m_mutex;
    // Guarded by m_mutex.
    BillingBook m_billing;
    std::unique_ptr<usage::UsageBook> m_usage = newUsage();
    std::map<std::pair<std::string, std::string>, Stop> m_stops; ///< by customer and meter
};

/// Names of customers, sources and ids: 1 to 128 bytes without control characters.
bool isName(std::string_view text);
/// Names of meters and plans.
bool isPlainId(std::string_view text);

} // namespace carma::billing
