// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/key_keeper.h"

#include <algorithm>

/// Rate classes of a store's own, compaction of the records of keys, and the end of an owner.
namespace carma::access {

namespace {

constexpr std::size_t kClassNameMax = 32;
constexpr std::size_t kClassesMax = 256;
constexpr std::size_t kEventsAPart = 2'000; // one record

Error wrong(const std::string& what) { return {ErrorCode::InvalidArgument, what}; }

journal::AuditNote classNote(std::string action, std::string_view name)
{
    journal::AuditNote note;
    note.action = std::move(action);
    note.object = name.substr(0, kClassNameMax);
    return note;
}

std::string words(const RateLimit& limit)
{
    return std::to_string(limit.count) + " in " + std::to_string(limit.periodUs) + " us, burst " + std::to_string(limit.burst);
}

Result<void> checkClass(const KeyRateClass& rateClass)
{
    const bool isName = !rateClass.name.empty() && rateClass.name.size() <= kClassNameMax &&
        std::ranges::all_of(rateClass.name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    if (!isName) {
        return wrong("the name of a rate class has 1 to 32 of a-z, 0-9 and '-'");
    }
    if (findRateClass(rateClass.name) != nullptr) {
        return wrong("the rate class '" + rateClass.name + "' is built in and stays as it is");
    }
    for (const auto& [name, limit] : {std::pair("read", &rateClass.read), {"write", &rateClass.write}, {"heavy", &rateClass.heavy}}) {
        if (const auto checked = checkLimit(*limit); !checked.has_value()) {
            return checked.error().within(name);
        }
    }
    return {};
}

/// Whose key an event tells of; null for none.
KeyId keyOf(const KeyEvent& event)
{
    return std::visit(
        [](const auto& value) {
            if constexpr (requires { value.made.id; }) {
                return value.made.id;
            } else if constexpr (requires { value.id; }) {
                return value.id;
            } else {
                return KeyId{};
            }
        },
        event);
}

/// Whether people wrote some of it: names, reasons, networks.
bool hasWords(const KeyEvent& event)
{
    return std::holds_alternative<KeyCreated>(event) || std::holds_alternative<KeyRestated>(event) ||
        std::holds_alternative<KeySuspended>(event) || std::holds_alternative<KeyRevoked>(event);
}

} // namespace

Result<std::vector<KeyRateClass>> KeyKeeper::classes()
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(true));
    std::vector<KeyRateClass> all;
    for (const RateClass& known : rateClasses()) {
        all.push_back({.name = std::string(known.name), .read = known.read, .write = known.write, .heavy = known.heavy, .builtIn = true});
    }
    std::ranges::move(m_book.ownClasses(), std::back_inserter(all));
    return all;
}

Result<void> KeyKeeper::setClass(const KeyRateClass& rateClass, bool dryRun)
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(dryRun));
    journal::AuditNote note = classNote("key.class", rateClass.name);
    auto checked = checkClass(rateClass);
    const auto own = m_book.ownClasses();
    const bool known = std::ranges::any_of(own, [&](const KeyRateClass& other) { return other.name == rateClass.name; });
    if (checked.has_value() && !known && own.size() >= kClassesMax) {
        checked = Error{ErrorCode::LimitExceeded, "a store has at most 256 rate classes of its own"};
    }
    if (!checked.has_value() || dryRun) {
        return checked.has_value() || dryRun ? checked : Result<void>(refuse(note, checked.error()));
    }
    note.detail = "read " + words(rateClass.read) + "; write " + words(rateClass.write) + "; heavy " + words(rateClass.heavy);
    const KeyEvent event = RateClassSet{rateClass};
    return append(std::span(&event, 1), &note);
}

Result<void> KeyKeeper::removeClass(std::string_view name, bool dryRun)
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(dryRun));
    const journal::AuditNote note = classNote("key.class-remove", name);
    Result<void> checked;
    const auto own = m_book.ownClasses();
    if (std::ranges::none_of(own, [&](const KeyRateClass& known) { return known.name == name; })) {
        checked = Error{ErrorCode::NotFound, "the store has no rate class '" + std::string(name.substr(0, kClassNameMax)) + "' of its own"};
    }
    for (std::uint32_t index = 0; checked.has_value() && index < m_book.size(); ++index) {
        const StoredKey& key = m_book.at(index);
        if (!key.revoked && key.made.rateClass == name) {
            checked = wrong("the key " + toString(key.id) + " has the rate class '" + std::string(name) + "'");
        }
    }
    if (!checked.has_value() || dryRun) {
        return checked.has_value() || dryRun ? checked : Result<void>(refuse(note, checked.error()));
    }
    const KeyEvent event = RateClassRemoved{std::string(name)};
    return append(std::span(&event, 1), &note);
}

Result<void> KeyKeeper::appendInParts(std::span<const KeyEvent> events)
{
    if (events.empty()) {
        return {};
    }
    const std::size_t part = std::min(kEventsAPart, events.size());
    auto appended = append(events.first(part), nullptr);
    if (!appended.has_value() && appended.error().code == ErrorCode::LimitExceeded && part > 1) { // very long fields
        CARMA_TRY(appendInParts(events.first(part / 2)));
        appended = appendInParts(events.subspan(part / 2, part - part / 2));
    }
    CARMA_TRY(appended);
    return part < events.size() ? appendInParts(events.subspan(part)) : Result<void>();
}

Result<KeyCompaction> KeyKeeper::compact(bool dryRun, const Task& task)
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(true));
    return compactNow(dryRun, task);
}

/// What fails leaves the old records, which say the same; the next time tries again.
void KeyKeeper::compactIfDue(std::uint64_t times)
{
    if (!m_readOnly && m_followed && m_book.eventsTaken() > std::max(m_upkeep.eventsMin, times * (m_book.size() + 1))) {
        (void)compactNow(false, Task{}).has_value();
    }
}

Result<KeyCompaction> KeyKeeper::compactNow(bool dryRun, const Task& task)
{
    if (!dryRun && (!m_dirty.empty() || m_limitsOpen)) {
        CARMA_TRY(writeCounts(true));
    }
    KeyCompaction report;
    std::vector<Sequence> old;
    CARMA_TRY(m_journal.read(log::RecordType::KeyEvent, 0, [&](const journal::Entry& entry) -> Result<bool> {
        const auto decoded = entry.lost || entry.purged ? Result<DecodedEvents>(Error{}) : decodeEvents(entry.body);
        if (decoded.has_value()) {
            old.push_back(entry.sequence);
            report.events += decoded->events.size();
        }
        return true;
    }));
    std::vector<KeyEvent> events;
    events.reserve(m_book.size() + 1);
    if (m_book.pepper()) {
        events.emplace_back(*m_book.pepper());
    }
    for (std::uint32_t index = 0; index < m_book.size(); ++index) {
        events.emplace_back(m_book.restate(index));
    }
    m_book.restateRest(events);
    report.kept = events.size();
    report.records = old.size();
    if (dryRun || report.kept >= report.events) {
        report.records = report.kept < report.events ? report.records : 0;
        return report;
    }
    journal::AuditNote note;
    note.action = "key.compact";
    note.detail = std::to_string(report.events) + " events in " + std::to_string(report.records) + " records";
    CARMA_TRY(m_journal.append({}, note));
    CARMA_TRY(appendInParts(events));
    CARMA_TRY(m_journal.purge(std::move(old), task));
    m_book.purgedAllBut(report.kept);
    return report;
}

/// Records that hold words about one of the keys; `accounts` gets those of all other keys that they tell of.
Result<std::vector<Sequence>> KeyKeeper::recordsOf(const std::set<KeyId>& keys, std::set<std::uint32_t>& accounts)
{
    std::vector<Sequence> found;
    CARMA_TRY(m_journal.read(log::RecordType::KeyEvent, 0, [&](const journal::Entry& entry) -> Result<bool> {
        const auto decoded = entry.lost || entry.purged ? Result<DecodedEvents>(Error{}) : decodeEvents(entry.body);
        const auto tells = [&](const KeyEvent& event) { return hasWords(event) && keys.contains(keyOf(event)); };
        if (!decoded.has_value() || std::ranges::none_of(decoded->events, tells)) {
            return true;
        }
        found.push_back(entry.sequence);
        for (const KeyEvent& event : decoded->events) {
            const KeyId other = keyOf(event);
            if (!other.isNull() && !keys.contains(other) && m_book.findId(other) != kNoKey) {
                accounts.insert(m_book.at(m_book.findId(other)).account);
            }
        }
        return true;
    }));
    return found;
}

Result<std::uint64_t> KeyKeeper::countOf(const std::string& owner)
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(true));
    std::uint64_t count = 0;
    for (std::uint32_t index = 0; index < m_book.size(); ++index) {
        count += m_book.at(index).made.owner == owner ? 1 : 0;
    }
    return count;
}

Result<void> KeyKeeper::eraseOwner(const std::string& owner, const EraseWriter& write)
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(true));
    if (!m_dirty.empty()) {
        CARMA_TRY(writeCounts(true)); // what is said again below is then exact
    }
    std::set<KeyId> keys;
    std::vector<KeyEvent> ends;
    for (std::uint32_t index = 0; index < m_book.size(); ++index) {
        if (m_book.at(index).made.owner == owner) {
            keys.insert(m_book.at(index).id);
            ends.emplace_back(m_book.tombstone(index));
        }
    }
    if (keys.empty()) {
        CARMA_TRY(write({}, {}));
        return {};
    }
    std::set<std::uint32_t> accounts;
    CARMA_TRY_ASSIGN(const std::vector<Sequence> superseded, recordsOf(keys, accounts));
    std::vector<KeyEvent> others;
    if (m_book.pepper() && std::ranges::binary_search(superseded, m_book.pepperAt())) {
        others.emplace_back(*m_book.pepper());
    }
    // A record that goes may have been about limits and rate classes, too: those are few, so all are said again.
    m_book.restateRest(others);
    for (std::uint32_t index = 0; index < m_book.size(); ++index) {
        if (accounts.contains(m_book.at(index).account)) {
            others.emplace_back(m_book.restate(index));
        }
    }
    CARMA_TRY(appendInParts(others));
    return append(ends, [&](std::span<const journal::NewEntry> entries) { return write(entries, superseded); });
}

} // namespace carma::access
