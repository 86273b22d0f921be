// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/engine.h"

#include <algorithm>
#include <utility>

/// What all parts of the engine do: take in what is new, write, refuse.
namespace carma::billing {

namespace {

bool hasHardStop(const Plan& plan) { return plan.hardStop || std::ranges::any_of(plan.charges, &Charge::hardStop); }

} // namespace

bool isName(std::string_view text)
{
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    return !text.empty() && text.size() <= kUsageTextMax && std::ranges::none_of(text, control);
}

bool isPlainId(std::string_view text)
{
    constexpr std::size_t kIdMax = 64;
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'; };
    return !text.empty() && text.size() <= kIdMax && std::ranges::all_of(text, allowed);
}

Result<void> Engine::follow(bool usage)
{
    CARMA_TRY(m_billing.follow(m_journal));
    int mayStop = 0;
    for (const auto& [id, versions] : m_billing.plans()) {
        mayStop = mayStop != 0 || std::ranges::any_of(versions, hasHardStop) ? 1 : 0;
    }
    m_mayStop = mayStop;
    m_isMetered = m_billing.metering() ? 1 : 0;
    return usage ? m_usage->follow(m_journal, m_billing.next()) : Result<void>{}; // names before what is under them
}

std::unique_ptr<usage::UsageBook> Engine::newUsage()
{
    return std::make_unique<usage::UsageBook>([this](std::string_view customer) { return m_billing.nameOf(customer); }, m_limits);
}

Result<std::unique_lock<std::mutex>> Engine::enter(bool usage)
{
    if (m_onAsked) {
        m_onAsked();
    }
    std::unique_lock lock(m_mutex);
    CARMA_TRY(m_journal.refresh());
    CARMA_TRY(follow(usage));
    return lock;
}

namespace {

template <typename Deed> journal::AuditNote noteOf(const Deed& deed)
{
    journal::AuditNote note;
    note.action = deed.action;
    note.object = deed.object;
    note.subject = deed.subject;
    note.detail = deed.detail;
    return note;
}

} // namespace

Error Engine::refuse(const Deed& deed, Error error, bool dryRun)
{
    if (!dryRun) {
        journal::AuditNote note = noteOf(deed);
        note.outcome = journal::Outcome::Refused;
        note.reason = error.message;
        // Nothing was changed, so an entry that cannot be written is no reason to say anything else.
        (void)m_journal.append({}, note).has_value();
    }
    return error;
}

Result<void> Engine::write(const Item& item, const Deed& deed)
{
    journal::NewEntry entry{log::RecordType::Billing, NamespaceId{}, encodeItem(item)};
    journal::AuditNote note = noteOf(deed);
    note.after = crypto::sha256(entry.body);
    CARMA_TRY(m_journal.append(std::span(&entry, 1), note));
    return follow(false);
}

/// REQUIRES: m_mutex is held while it is used
Rating Engine::rating() { return {m_billing, *m_usage, m_journal, m_journal.clock().wallTimeUs()}; }

/// Money is not asked for on the ground of what can be read in part only.
Result<void> Engine::checkWhole() const
{
    const std::uint64_t lost = m_usage->lost() + m_billing.lost();
    if (lost > 0) {
        return Error{ErrorCode::Corruption,
            std::to_string(lost) + " records of usage and billing cannot be read: heal the store before anything is billed"};
    }
    return {};
}

Result<bool> Engine::metering()
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    return m_billing.metering();
}

Result<bool> Engine::isMetered()
{
    const std::lock_guard lock(m_mutex);
    CARMA_TRY(follow(false));
    return m_billing.metering();
}

Result<void> Engine::setMetering(bool on)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    return write(MeteringSwitch{on}, {"usage.metering", "", "", on ? "on" : "off"});
}

/// Invoices that were issued are kept as long as the law wants, and with them the name on them. All else about the customer has no such
/// reason. Usage stays as it is: it names a pseudonym, and nothing says any more whose.
Result<Engine::Traces> Engine::tracesNow(std::string_view customer)
{
    Traces traces;
    CARMA_TRY(m_journal.read(log::RecordType::Billing, 0, [&](const journal::Entry& entry) -> Result<bool> {
        const auto item = entry.lost || entry.purged ? Result<Item>(Error{}) : decodeItem(entry.body);
        if (!item.has_value() || customerOf(*item) != customer) {
            return true;
        }
        if (const auto* invoice = std::get_if<Invoice>(&*item)) {
            traces.invoices.push_back(title(*invoice));
        } else {
            traces.records.push_back(entry.sequence);
        }
        return true;
    }));
    return traces;
}

Result<Engine::Traces> Engine::tracesOf(std::string_view customer)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false));
    return tracesNow(customer);
}

Result<void> Engine::eraseCustomer(std::string_view customer, const std::function<Result<void>(const Traces&)>& end)
{
    CARMA_TRY_ASSIGN(const auto lock, enter(false)); // what was counted so far is recorded, under the pseudonym
    CARMA_TRY_ASSIGN(const Traces traces, tracesNow(customer));
    return end(traces);
}

void Engine::forget()
{
    const std::lock_guard lock(m_mutex);
    m_billing = {};
    m_usage = newUsage();
    m_stops.clear();
}

} // namespace carma::billing
