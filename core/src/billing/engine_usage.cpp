// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/engine.h"
#include "log/record/record.h"

#include <algorithm>
#include <array>
#include <set>

namespace carma::billing {

namespace {

constexpr std::size_t kRecordBytesMax = 7U << 20U; // of one call: what the log appends at once, less room for headers
constexpr std::size_t kPageEvents = 50'000;        // that are in memory with all their texts while events are listed
constexpr unsigned kValueScaleMax = 9;
constexpr std::int64_t kValueMax = 1'000'000'000'000'000; // a million million millions of events of this size still add up exactly
constexpr std::int64_t kPercentSoon = 80;
constexpr std::int64_t kPercentAll = 100;

Error wrong(std::size_t number, std::string_view field, std::string_view message)
{
    return {ErrorCode::InvalidArgument, "/" + std::to_string(number) + "/" + std::string(field) + ": " + std::string(message)};
}

/// The highest of the levels that `used` reaches; 0 for none.
Result<unsigned> levelOf(const Decimal& used, const Decimal& of)
{
    for (const std::int64_t percent : {kPercentAll, kPercentSoon}) {
        CARMA_TRY_ASSIGN(const Decimal usedParts, multiply(used, Decimal(kPercentAll)));
        CARMA_TRY_ASSIGN(const Decimal level, multiply(of, Decimal(percent)));
        if (usedParts >= level) {
            return static_cast<unsigned>(percent);
        }
    }
    return 0U;
}

} // namespace

Result<void> Engine::checkEvent(const UsageEvent& event, std::size_t number, const usage::UsageBook::Found& known) const
{
    constexpr std::string_view kName = "must have 1 to 128 bytes without control characters";
    for (const auto& [field, text] :
        {std::pair<std::string_view, std::string_view>("source", event.source), {"id", event.id}, {"customer", event.customer}}) {
        if (!isName(text)) {
            return wrong(number, field, kName);
        }
    }
    if (std::string_view(event.customer).starts_with(kPseudonym)) {
        return wrong(number, "customer", "begins with 'pseudonym:', which is how customers are called who were erased");
    }
    if (!isPlainId(event.meter)) {
        return wrong(number, "meter", "must be 1 to 64 of a-z, 0-9, '_', '.' and '-'");
    }
    if (event.value.scale() > kValueScaleMax || event.value > Decimal(kValueMax) || event.value < Decimal(-kValueMax)) {
        return wrong(number, "value", "must be within 10^15 with at most 9 digits after the point");
    }
    if (event.timeUs < 0 || event.timeUs > m_journal.clock().wallTimeUs() + kUsageAheadUs) {
        return wrong(number, "time", formatUtc(event.timeUs) + " is before 1970 or more than an hour ahead of the clock");
    }
    if (event.dimensions.size() > kDimensionsMax) {
        return wrong(number, "dimensions", "are more than 16");
    }
    for (const auto& [name, value] : event.dimensions) {
        if (!isName(name) || !isName(value)) {
            return wrong(number, "dimensions", kName);
        }
    }
    if (event.reverses.empty()) {
        return {};
    }
    if (!isName(event.reverses) || event.reverses == event.id) {
        return wrong(number, "reverses", "must be the id of another event");
    }
    const auto found = known.find(usage::keyOf(event.source, event.reverses));
    if (found != known.end() &&
        (found->second.takesBack || m_usage->textOf(found->second.customer) != event.customer ||
            m_usage->textOf(found->second.meter) != event.meter)) {
        return wrong(number, "reverses", "'" + event.reverses + "' takes back itself, or is of another customer or meter");
    }
    return {};
}

Result<usage::UsageBook::Found> Engine::knownOf(std::span<const UsageEvent> events)
{
    std::vector<usage::EventKey> keys;
    keys.reserve(events.size());
    for (const UsageEvent& event : events) {
        keys.push_back(usage::keyOf(event.source, event.id));
        if (!event.reverses.empty()) {
            keys.push_back(usage::keyOf(event.source, event.reverses));
        }
    }
    return m_usage->find(m_journal, keys);
}

void Engine::disguise(std::vector<UsageEvent>& events, std::vector<journal::NewEntry>& entries)
{
    std::map<std::string, std::string> fresh;
    for (UsageEvent& event : events) {
        if (event.customer == kStoreItself) {
            continue;
        }
        std::string alias = m_billing.aliasOf(event.customer);
        if (alias.empty()) {
            const auto [at, added] = fresh.try_emplace(event.customer);
            if (added) {
                std::array<std::byte, 16> drawn{};
                m_journal.random().fill(drawn);
                at->second = std::string(kPseudonym) + toHex(drawn);
                entries.push_back({log::RecordType::Billing, NamespaceId{}, encodeItem(Pseudonym{event.customer, at->second})});
            }
            alias = at->second;
        }
        event.customer = std::move(alias);
    }
}

/// REQUIRES: m_mutex is not held
void Engine::unmask(std::vector<std::optional<UsageEvent>>& events)
{
    const std::lock_guard lock(m_mutex);
    for (auto& event : events) {
        if (event) {
            event->customer = m_billing.nameOf(event->customer);
        }
    }
}

Result<UsageReport> Engine::recordNow(std::span<const UsageEvent> events, bool dryRun)
{
    UsageReport report;
    CARMA_TRY_ASSIGN(const usage::UsageBook::Found stored, knownOf(events));
    std::vector<UsageEvent> fresh;
    std::map<usage::EventKey, std::uint64_t> here; // what each event of this call says
    for (std::size_t i = 0; i < events.size(); ++i) {
        const UsageEvent& event = events[i];
        CARMA_TRY(checkEvent(event, i, stored));
        const usage::EventKey key = usage::keyOf(event.source, event.id);
        const std::uint64_t content = usage::contentOf(event);
        const auto known = stored.find(key);
        const auto [first, isFirst] = here.try_emplace(key, content);
        if (known != stored.end() || !isFirst) {
            ++report.duplicates;
            report.differing += (known != stored.end() ? known->second.content : first->second) != content ? 1 : 0;
            continue;
        }
        ++report.recorded;
        report.late += isClosed(m_billing, event.customer, Month::of(event.timeUs)) ? 1 : 0;
        fresh.push_back(event);
    }
    std::vector<journal::NewEntry> entries;
    std::size_t bytes = 0;
    disguise(fresh, entries);
    for (const journal::NewEntry& entry : entries) {
        bytes += entry.body.size();
    }
    for (std::span<const UsageEvent> rest(fresh); !rest.empty();) {
        Bytes body;
        rest = rest.subspan(usage::encodeEvents(rest, body));
        bytes += body.size();
        entries.push_back({log::RecordType::Usage, NamespaceId{}, std::move(body)});
    }
    if (bytes > kRecordBytesMax) {
        return Error{ErrorCode::LimitExceeded, "so many events do not fit into one batch of the log: record them in parts of 7 MiB"};
    }
    if (!dryRun && !entries.empty()) {
        CARMA_TRY(m_journal.append(entries));
        CARMA_TRY(follow(true));
    }
    return report;
}

Result<UsageReport> Engine::record(std::span<const UsageEvent> events, bool dryRun)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(true));
    auto report = recordNow(events, dryRun);
    if (!report.has_value() && report.error().code == ErrorCode::InvalidArgument) {
        return refuse({"usage.record", "", "", ""}, report.error(), dryRun);
    }
    return report;
}

Result<void> Engine::recordMetered(std::span<const UsageEvent> events)
{
    const std::lock_guard lock(m_mutex);
    CARMA_TRY(follow(true));
    CARMA_TRY(recordNow(events, false));
    return {};
}

/// The events with their texts, read from the log a page at a time. REQUIRES: m_mutex is not held
Result<void> Engine::visitEvents(std::vector<usage::StoredEvent> found, const std::function<Result<bool>(const UsageEvent&)>& visit)
{
    for (std::size_t begin = 0; begin < found.size(); begin += kPageEvents) {
        const auto page = std::span(found).subspan(begin, std::min(kPageEvents, found.size() - begin));
        std::vector<std::optional<UsageEvent>> events(page.size());
        std::map<Sequence, std::map<std::uint32_t, std::size_t>> wanted; // by record: number in it -> number in the page
        for (std::size_t i = 0; i < page.size(); ++i) {
            wanted[page[i].place][page[i].index] = i;
        }
        for (const auto& [place, numbers] : wanted) {
            const auto& inRecord = numbers;
            CARMA_TRY(m_journal.read(log::RecordType::Usage, place, [&](const journal::Entry& entry) -> Result<bool> {
                CARMA_TRY(usage::decodeEvents(entry.body, [&](std::uint32_t index, const usage::EventView& view) {
                    if (const auto at = inRecord.find(index); at != inRecord.end()) {
                        events[at->second] = usage::toEvent(view);
                    }
                }));
                return false;
            }));
        }
        unmask(events);
        for (const auto& event : events) {
            if (!event) {
                return Error{ErrorCode::Corruption, "a usage event cannot be read any more: heal the store"};
            }
            CARMA_TRY_ASSIGN(const bool goOn, visit(*event));
            if (!goOn) {
                return {};
            }
        }
    }
    return {};
}

Result<void> Engine::events(const UsageFilter& filter, const std::function<Result<bool>(const UsageEvent&)>& visit)
{
    std::vector<usage::StoredEvent> found;
    {
        CARMA_TRY_ASSIGN(const auto lock, enter(true));
        CARMA_TRY_ASSIGN(found, m_usage->select(m_journal, filter, {}));
    }
    return visitEvents(std::move(found), visit);
}

/// As the customer's plans define it, or a built-in one; a sum for what nobody has defined.
Meter Engine::meterNamed(std::string_view customer, std::string_view id) const
{
    for (const Subscription& subscription : m_billing.subscriptionsOf(customer)) {
        const auto versions = m_billing.plans().find(subscription.plan);
        if (versions == m_billing.plans().end()) {
            continue;
        }
        for (const Plan& plan : versions->second) {
            for (const Charge& charge : plan.charges) {
                if (charge.meter.id == id) {
                    return charge.meter;
                }
            }
        }
    }
    for (const Meter& meter : builtInMeters()) {
        if (meter.id == id) {
            return meter;
        }
    }
    return {std::string(id), Aggregate::Sum, {}, {}};
}

Result<std::vector<UsageRollup>> Engine::rollUps(const UsageFilter& filter, RollupStep step)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(true));
    std::vector<UsageRollup> out;
    for (const std::string& customer : m_usage->customers()) {
        for (const std::string& meter : m_usage->metersOf(customer)) {
            if ((filter.customer.empty() || customer == filter.customer) && (filter.meter.empty() || meter == filter.meter)) {
                const UsageFilter one{customer, meter, filter.fromUs, filter.toUs};
                CARMA_TRY_ASSIGN(
                    const auto some, m_usage->rollUps(m_journal, one, meterNamed(customer, meter), step, m_journal.clock().wallTimeUs()));
                out.insert(out.end(), some.begin(), some.end());
            }
        }
    }
    return out;
}

Result<void> Engine::addAlerts(const std::string& customer, const Month& period, std::vector<UsageAlert>& alerts)
{
    const Rating now = rating();
    const auto add = [&](std::string what, const Decimal& used, const Decimal& of) -> Result<void> {
        CARMA_TRY_ASSIGN(const unsigned percent, levelOf(used, of));
        const auto same = [&](const UsageAlert& each) { return each.what == what && each.customer == customer; };
        if (percent > 0 && std::ranges::none_of(alerts, same)) {
            alerts.push_back({customer, period, std::move(what), percent, toString(used), toString(of), now.nowUs});
        }
        return {};
    };
    std::set<const Plan*> seen;
    for (const Subscription& subscription : m_billing.subscriptionsOf(customer)) {
        const std::int64_t end = std::min(subscription.toUs, period.toUs());
        for (std::int64_t at = std::max(subscription.fromUs, period.fromUs()); at < end;) {
            const Plan* plan = m_billing.planAt(subscription.plan, at, &at);
            if (plan == nullptr || !seen.insert(plan).second) {
                continue;
            }
            for (const Charge& charge : plan->charges) {
                if (charge.quota) {
                    CARMA_TRY_ASSIGN(const Decimal used,
                        m_usage->quantity(m_journal, customer, charge.meter, {period.fromUs(), period.toUs(), now.nowUs}));
                    CARMA_TRY(add(charge.meter.id, used, *charge.quota));
                }
            }
            if (plan->budget) {
                CARMA_TRY_ASSIGN(const auto lines, rateMonth(now, customer, period));
                std::int64_t spent = 0;
                for (const InvoiceLine& line : lines) {
                    CARMA_TRY_ASSIGN(spent, addMinor(spent, line.amount));
                }
                CARMA_TRY_ASSIGN(const Decimal used, Decimal::make(spent, plan->currency.exponent));
                CARMA_TRY_ASSIGN(const Decimal of, Decimal::make(*plan->budget, plan->currency.exponent));
                CARMA_TRY(add("budget", used, of));
            }
        }
    }
    return {};
}

Result<std::vector<UsageAlert>> Engine::alerts(const Month& period)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(true));
    std::vector<UsageAlert> alerts;
    for (const auto& [customer, subscriptions] : m_billing.subscriptions()) {
        CARMA_TRY(addAlerts(customer, period, alerts));
    }
    for (UsageAlert& alert : alerts) {
        const auto known = std::ranges::find_if(m_billing.alerts(), [&](const UsageAlert& each) {
            return each.customer == alert.customer && each.period == alert.period && each.what == alert.what &&
                each.percent == alert.percent;
        });
        if (known != m_billing.alerts().end()) {
            alert.raisedUs = known->raisedUs;
            continue;
        }
        const auto written = write(alert, {"usage.alert", alert.what, alert.customer, "at " + std::to_string(alert.percent) + " %"});
        if (!written.has_value() && written.error().code != ErrorCode::Busy) {
            return written.error(); // a reader sees it and leaves the record to the next writer
        }
    }
    return alerts;
}

/// Why the customer gets no more of the meter now; empty if nothing forbids it.
Result<std::string> Engine::stopReason(std::string_view customer, std::string_view meter)
{
    const Rating now = rating();
    const Month month = Month::of(now.nowUs);
    for (const Subscription& subscription : m_billing.subscriptionsOf(customer)) {
        if (subscription.fromUs > now.nowUs || subscription.toUs <= now.nowUs) {
            continue;
        }
        const Plan* plan = m_billing.planAt(subscription.plan, now.nowUs);
        if (plan == nullptr) {
            continue;
        }
        for (const Charge& charge : plan->charges) {
            if (!charge.hardStop || charge.meter.id != meter) {
                continue;
            }
            CARMA_TRY_ASSIGN(
                const Decimal used, m_usage->quantity(m_journal, customer, charge.meter, {month.fromUs(), month.toUs(), now.nowUs}));
            if (used >= *charge.quota) {
                return "the quota of " + toString(*charge.quota) + " " + charge.meter.id + " in " + toString(month) + " is used up";
            }
        }
        if (plan->hardStop) {
            CARMA_TRY_ASSIGN(const auto lines, rateMonth(now, customer, month));
            std::int64_t spent = 0;
            for (const InvoiceLine& line : lines) {
                CARMA_TRY_ASSIGN(spent, addMinor(spent, line.amount));
            }
            if (spent >= *plan->budget) {
                return "the budget of " + formatMinor(*plan->budget, plan->currency) + " " + plan->currency.code + " for " +
                    toString(month) + " is spent";
            }
        }
    }
    return std::string();
}

Result<void> Engine::admit(std::string_view customer, std::string_view meter)
{
    if (m_mayStop == 0) {
        return {};
    }
    const std::lock_guard lock(m_mutex);
    const Sequence end = m_journal.end();
    const std::int64_t minute = m_journal.clock().wallTimeUs() / kMinuteUs;
    Stop& stop = m_stops[{std::string(customer), std::string(meter)}];
    if (stop.end != end || stop.minute != minute) {
        CARMA_TRY(follow(false));
        if (m_mayStop == 0) {
            m_stops.clear();
            return {};
        }
        CARMA_TRY(follow(true));
        CARMA_TRY_ASSIGN(stop.reason, stopReason(customer, meter));
        stop.end = end;
        stop.minute = minute;
    }
    if (!stop.reason.empty()) {
        return Error{ErrorCode::LimitExceeded, std::string(customer.substr(0, kUsageTextMax)) + ": " + stop.reason};
    }
    return {};
}

} // namespace carma::billing
