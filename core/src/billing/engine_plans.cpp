// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/engine.h"

#include <algorithm>

namespace carma::billing {

namespace {

Error invalid(std::string message) { return {ErrorCode::InvalidArgument, std::move(message)}; }

} // namespace

/// Nothing that is written now may change a month that has been billed.
Result<void> Engine::checkOpen(std::string_view customer, std::int64_t fromUs) const
{
    const auto last = m_billing.lastBilled(customer);
    if (last && fromUs < last->toUs()) {
        return invalid(toString(*last) + " has a final invoice for '" + std::string(customer) + "'");
    }
    return {};
}

Result<Plan> Engine::checkPlan(std::string_view json) const
{
    CARMA_TRY_ASSIGN(Plan plan, parsePlan(json));
    const auto known = m_billing.plans().find(plan.id);
    if (known == m_billing.plans().end()) {
        return plan;
    }
    if (known->second.front().currency != plan.currency) {
        return invalid("/currency: the plan '" + plan.id + "' is in " + known->second.front().currency.code);
    }
    if (std::ranges::find(known->second, plan.fromUs, &Plan::fromUs) != known->second.end()) {
        return Error{ErrorCode::AlreadyExists,
            "/effective_from: there is a version of '" + plan.id + "' from " + formatUtc(plan.fromUs) + " on already"};
    }
    for (const auto& [customer, subscriptions] : m_billing.subscriptions()) {
        const bool uses = std::ranges::any_of(
            subscriptions, [&](const Subscription& each) { return each.plan == plan.id && each.toUs > plan.fromUs; });
        const auto open = uses ? checkOpen(customer, plan.fromUs) : Result<void>{};
        if (!open.has_value()) {
            return open.error().within("/effective_from");
        }
    }
    return plan;
}

Result<Plan> Engine::addPlan(std::string_view json, bool dryRun)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    auto plan = checkPlan(json);
    if (!plan.has_value()) {
        return refuse({"plan.add", "", "", ""}, plan.error(), dryRun);
    }
    if (!dryRun) {
        CARMA_TRY(write(PlanAdded{std::string(json)}, {"plan.add", plan->id, "", "from " + formatUtc(plan->fromUs)}));
    }
    return plan;
}

Result<std::vector<Plan>> Engine::plans()
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    std::vector<Plan> all;
    for (const auto& [id, versions] : m_billing.plans()) {
        all.insert(all.end(), versions.begin(), versions.end());
    }
    return all;
}

Result<void> Engine::checkSubscription(const Subscription& subscription) const
{
    if (!isName(subscription.customer)) {
        return invalid("a customer's name has 1 to 128 bytes without control characters");
    }
    if (subscription.fromUs < 0 || subscription.fromUs % kDayUs != 0 || subscription.toUs <= subscription.fromUs ||
        (subscription.toUs != Subscription{}.toUs && subscription.toUs % kDayUs != 0)) {
        return invalid("a subscription begins on one day and ends on a later one");
    }
    const Plan* plan = m_billing.planAt(subscription.plan, subscription.fromUs);
    if (plan == nullptr) {
        return Error{ErrorCode::NotFound,
            "there is no plan '" + subscription.plan.substr(0, kUsageTextMax) + "' on " + formatUtc(subscription.fromUs)};
    }
    const auto currency = m_billing.currencyOf(subscription.customer);
    if (currency && *currency != plan->currency) {
        return invalid("'" + subscription.customer + "' is billed in " + currency->code + ", the plan is in " + plan->currency.code);
    }
    return checkOpen(subscription.customer, subscription.fromUs);
}

Result<void> Engine::subscribe(const Subscription& subscription, bool dryRun)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    const auto checked = checkSubscription(subscription);
    const Deed deed{"plan.subscribe", isPlainId(subscription.plan) ? subscription.plan : "", subscription.customer.substr(0, kUsageTextMax),
        "from " + formatUtc(subscription.fromUs)};
    if (!checked.has_value()) {
        return refuse(deed, checked.error(), dryRun);
    }
    return dryRun ? Result<void>{} : write(subscription, deed);
}

Result<void> Engine::unsubscribe(std::string_view customer, std::int64_t fromUs, bool dryRun)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    const auto list = m_billing.subscriptionsOf(customer);
    Result<void> checked = fromUs % kDayUs == 0 ? checkOpen(customer, fromUs) : invalid("a subscription ends on a day");
    if (std::ranges::none_of(list, [&](const Subscription& each) { return each.toUs > fromUs; })) {
        checked = Error{ErrorCode::NotFound, "'" + std::string(customer.substr(0, kUsageTextMax)) + "' has no subscription then"};
    }
    const Deed deed{"plan.unsubscribe", "", std::string(customer.substr(0, kUsageTextMax)), "from " + formatUtc(fromUs)};
    if (!checked.has_value()) {
        return refuse(deed, checked.error(), dryRun);
    }
    return dryRun ? Result<void>{} : write(Unsubscribed{std::string(customer), fromUs}, deed);
}

Result<std::vector<Subscription>> Engine::subscriptions()
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    std::vector<Subscription> all;
    for (const auto& [customer, list] : m_billing.subscriptions()) {
        all.insert(all.end(), list.begin(), list.end());
    }
    return all;
}

Result<void> Engine::grant(std::string_view customer, std::int64_t amount, std::string_view reason, bool dryRun)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    const auto currency = m_billing.currencyOf(customer);
    Result<void> checked;
    if (!currency) {
        checked = Error{ErrorCode::NotFound, "the customer '" + std::string(customer.substr(0, kUsageTextMax)) + "' has no subscription"};
    } else if (amount <= 0 || !addMinor(amount, 0).has_value() || reason.size() > kUsageTextMax) {
        checked = invalid("prepaid credit is more than nothing, with a reason of at most 128 bytes");
    }
    Deed deed{"credit.grant", "", std::string(customer.substr(0, kUsageTextMax)), ""};
    if (!checked.has_value()) {
        return refuse(deed, checked.error(), dryRun);
    }
    deed.detail = formatMinor(amount, *currency) + " " + currency->code + " " + std::string(reason);
    return dryRun ? Result<void>{} : write(Grant{std::string(customer), amount, std::string(reason)}, deed);
}

Result<std::int64_t> Engine::creditOf(std::string_view customer)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    return m_billing.creditOf(customer, m_journal.clock().wallTimeUs());
}

Result<Currency> Engine::currencyOf(std::string_view customer)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    const auto currency = m_billing.currencyOf(customer);
    if (!currency) {
        return Error{ErrorCode::NotFound, "the customer '" + std::string(customer.substr(0, kUsageTextMax)) + "' has no subscription"};
    }
    return *currency;
}

} // namespace carma::billing
