// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "billing/billing_body.h"
#include "journal/journal.h"

#include <map>
#include <set>

/// What the billing records of a log come to. Not thread-safe.
namespace carma::billing {

/// How pseudonyms begin, and no customer's name.
inline constexpr std::string_view kPseudonym = "pseudonym:";
/// The customer of what the store does for itself, which is nobody.
inline constexpr std::string_view kStoreItself = "(store)";

class BillingBook {
public:
    /// Takes in what the journal has beyond what was read before.
    Result<void> follow(journal::Journal& journal);
    [[nodiscard]] std::uint64_t lost() const { return m_lost; }

    [[nodiscard]] const std::map<std::string, std::vector<Plan>>& plans() const { return m_plans; } ///< versions by first day
    [[nodiscard]] const std::map<std::string, std::vector<Subscription>>& subscriptions() const { return m_subscriptions; }
    [[nodiscard]] std::vector<Subscription> subscriptionsOf(std::string_view customer) const;
    [[nodiscard]] const std::vector<Invoice>& invoices() const { return m_invoices; }       ///< the n-th has number n + 1
    [[nodiscard]] const std::vector<Invoice>& creditNotes() const { return m_creditNotes; } ///< likewise
    [[nodiscard]] const std::vector<UsageAlert>& alerts() const { return m_alerts; }
    /// The pseudonym of a customer in usage events; empty if there is none yet.
    [[nodiscard]] std::string aliasOf(std::string_view customer) const;
    /// Whose pseudonym it is; a text that is none comes back.
    [[nodiscard]] std::string nameOf(std::string_view alias) const;
    /// The first place that was not read yet.
    [[nodiscard]] Sequence next() const { return m_next; }
    [[nodiscard]] bool metering() const { return m_metering.value_or(!m_plans.empty()); }

    /// The version of a plan that counts at a time, and until when it does; null if there is none.
    [[nodiscard]] const Plan* planAt(std::string_view id, std::int64_t timeUs, std::int64_t* endUs = nullptr) const;
    /// The currency of what the customer was subscribed to or billed for; none for a new customer.
    [[nodiscard]] std::optional<Currency> currencyOf(std::string_view customer) const;
    /// Prepaid: grants and what plans give at their first subscription, less what invoices used.
    [[nodiscard]] Result<std::int64_t> creditOf(std::string_view customer, std::int64_t beforeUs) const;
    /// The last period of the customer that has an invoice which counts.
    [[nodiscard]] std::optional<Month> lastBilled(std::string_view customer) const;
    [[nodiscard]] std::int64_t lastIssuedUs() const;
    /// The subscriptions of a customer as they would be after this one.
    static void apply(std::vector<Subscription>& list, const Subscription& subscription);
    static void end(std::vector<Subscription>& list, std::int64_t fromUs);

private:
    void take(const Item& item);
    void takePlan(const PlanAdded& added);

    Sequence m_next = 0;
    std::uint64_t m_lost = 0;
    std::map<std::string, std::vector<Plan>> m_plans;
    std::map<std::string, std::vector<Subscription>> m_subscriptions;
    std::map<std::string, std::vector<Grant>> m_grants;
    std::vector<Invoice> m_invoices, m_creditNotes;
    std::vector<UsageAlert> m_alerts;
    std::optional<bool> m_metering;
    std::map<std::string, std::string, std::less<>> m_aliases, m_names; ///< by customer, by pseudonym
};

} // namespace carma::billing
