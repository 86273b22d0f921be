// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/billing_book.h"

#include <algorithm>

namespace carma::billing {

Result<void> BillingBook::follow(journal::Journal& journal)
{
    const Sequence end = journal.end();
    if (end <= m_next) {
        return {};
    }
    CARMA_TRY(journal.read(log::RecordType::Billing, m_next, [&](const journal::Entry& entry) -> Result<bool> {
        if (entry.sequence >= end) {
            return false;
        }
        if (entry.purged) {
            return true; // of a customer who was erased
        }
        const auto item = decodeItem(entry.body);
        if (entry.lost || !item.has_value()) {
            ++m_lost;
        } else {
            take(*item);
        }
        return true;
    }));
    m_next = end;
    return {};
}

void BillingBook::takePlan(const PlanAdded& added)
{
    auto plan = parsePlan(added.json);
    if (!plan.has_value()) {
        ++m_lost;
        return;
    }
    std::vector<Plan>& versions = m_plans[plan->id];
    versions.push_back(*std::move(plan));
    std::ranges::stable_sort(versions, {}, &Plan::fromUs);
}

void BillingBook::take(const Item& item)
{
    if (const auto* plan = std::get_if<PlanAdded>(&item)) {
        takePlan(*plan);
    } else if (const auto* subscription = std::get_if<Subscription>(&item)) {
        apply(m_subscriptions[subscription->customer], *subscription);
    } else if (const auto* ended = std::get_if<Unsubscribed>(&item)) {
        end(m_subscriptions[ended->customer], ended->fromUs);
    } else if (const auto* grant = std::get_if<Grant>(&item)) {
        m_grants[grant->customer].push_back(*grant);
    } else if (const auto* invoice = std::get_if<Invoice>(&item)) {
        (invoice->creditNote ? m_creditNotes : m_invoices).push_back(*invoice);
    } else if (const auto* change = std::get_if<StateChange>(&item)) {
        const auto changed = std::ranges::find(m_invoices, change->number, &Invoice::number);
        if (changed != m_invoices.end()) {
            changed->state = change->state;
            changed->reason = change->reason;
        }
    } else if (const auto* alert = std::get_if<UsageAlert>(&item)) {
        m_alerts.push_back(*alert);
    } else if (const auto* metering = std::get_if<MeteringSwitch>(&item)) {
        m_metering = metering->on;
    } else if (const auto* pseudonym = std::get_if<Pseudonym>(&item)) {
        m_aliases.try_emplace(pseudonym->customer, pseudonym->alias);
        m_names.try_emplace(pseudonym->alias, pseudonym->customer);
    }
}

std::string BillingBook::aliasOf(std::string_view customer) const
{
    const auto found = m_aliases.find(customer);
    return found == m_aliases.end() ? std::string() : found->second;
}

std::string BillingBook::nameOf(std::string_view alias) const
{
    const auto found = alias.starts_with(kPseudonym) ? m_names.find(alias) : m_names.end();
    return found == m_names.end() ? std::string(alias) : found->second;
}

void BillingBook::end(std::vector<Subscription>& list, std::int64_t fromUs)
{
    std::erase_if(list, [&](const Subscription& each) { return each.fromUs >= fromUs; });
    for (Subscription& each : list) {
        each.toUs = std::min(each.toUs, fromUs);
    }
}

void BillingBook::apply(std::vector<Subscription>& list, const Subscription& subscription)
{
    end(list, subscription.fromUs);
    list.push_back(subscription);
}

std::vector<Subscription> BillingBook::subscriptionsOf(std::string_view customer) const
{
    const auto found = m_subscriptions.find(std::string(customer));
    return found == m_subscriptions.end() ? std::vector<Subscription>() : found->second;
}

const Plan* BillingBook::planAt(std::string_view id, std::int64_t timeUs, std::int64_t* endUs) const
{
    const auto found = m_plans.find(std::string(id));
    const Plan* plan = nullptr;
    std::int64_t end = std::numeric_limits<std::int64_t>::max();
    if (found != m_plans.end()) {
        for (const Plan& version : found->second) {
            if (version.fromUs > timeUs) {
                end = std::min(end, version.fromUs);
                break;
            }
            plan = &version;
        }
    }
    if (plan != nullptr && plan->toUs <= timeUs) {
        plan = nullptr;
    } else if (plan != nullptr) {
        end = std::min(end, plan->toUs);
    }
    if (endUs != nullptr) {
        *endUs = end;
    }
    return plan;
}

std::optional<Currency> BillingBook::currencyOf(std::string_view customer) const
{
    for (const Invoice& invoice : m_invoices) {
        if (invoice.customer == customer) {
            return invoice.currency;
        }
    }
    for (const Subscription& each : subscriptionsOf(customer)) {
        const auto versions = m_plans.find(each.plan);
        if (versions != m_plans.end() && !versions->second.empty()) {
            return versions->second.front().currency;
        }
    }
    return std::nullopt;
}

Result<std::int64_t> BillingBook::creditOf(std::string_view customer, std::int64_t beforeUs) const
{
    std::int64_t left = 0;
    const auto grants = m_grants.find(std::string(customer));
    if (grants != m_grants.end()) {
        for (const Grant& grant : grants->second) {
            CARMA_TRY_ASSIGN(left, addMinor(left, grant.amount));
        }
    }
    std::set<std::string> seen; // a plan gives its credit once, however often it is subscribed to
    for (const Subscription& each : subscriptionsOf(customer)) {
        const Plan* plan = each.fromUs < beforeUs ? planAt(each.plan, each.fromUs) : nullptr;
        if (plan != nullptr && seen.insert(each.plan).second) {
            CARMA_TRY_ASSIGN(left, addMinor(left, plan->credit));
        }
    }
    for (const Invoice& invoice : m_invoices) {
        for (const InvoiceLine& line : invoice.lines) {
            if (invoice.customer == customer && invoice.state != InvoiceState::Void && line.kind == LineKind::Credit) {
                CARMA_TRY_ASSIGN(left, addMinor(left, line.amount));
            }
        }
    }
    return left;
}

std::optional<Month> BillingBook::lastBilled(std::string_view customer) const
{
    std::optional<Month> last;
    for (const Invoice& invoice : m_invoices) {
        if (invoice.customer == customer && invoice.state != InvoiceState::Void) {
            last = std::max(last.value_or(invoice.period), invoice.period);
        }
    }
    return last;
}

std::int64_t BillingBook::lastIssuedUs() const
{
    std::int64_t last = 0;
    for (const std::vector<Invoice>* list : {&m_invoices, &m_creditNotes}) {
        for (const Invoice& invoice : *list) {
            last = std::max(last, invoice.issuedUs);
        }
    }
    return last;
}

} // namespace carma::billing
