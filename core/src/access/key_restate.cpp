// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/key_book.h"

#include <algorithm>
#include <numeric>

/// Rate classes of a store's own, and the book as events: what compactions and erasures write.
namespace carma::access {

namespace {

constexpr std::string_view kNobody = "00000000"; // the pseudonym of an owner who was erased
constexpr std::string_view kErased = "its owner was erased";

} // namespace

KeyRestated KeyBook::restate(std::uint32_t index) const
{
    const StoredKey& key = m_keys[index];
    KeyRestated event;
    event.made = key.made;
    event.createdUs = key.createdUs;
    event.expiresUs = key.expiresUs;
    event.graceEndsUs = key.graceEndsUs;
    event.rotated = key.rotated;
    event.suspended = key.suspended;
    event.revoked = key.revoked;
    event.counted = key.counted;
    event.vouched = !isDoubtful(key);
    event.successor = key.successor;
    event.reason = key.reason;
    event.uses = key.uses;
    event.lastUsedUs = key.lastUsedUs;
    event.creditsTotal = key.creditsTotal;
    event.spent = std::max(key.spent, key.reserved);
    return event;
}

KeyRestated KeyBook::tombstone(std::uint32_t index) const
{
    const StoredKey& key = m_keys[index];
    KeyRestated event;
    event.made.id = key.made.id;
    event.made.tag = key.made.tag;
    event.made.user = kNobody;
    event.made.position = key.made.position;
    event.made.permission = key.made.permission;
    event.made.generation = key.made.generation;
    event.made.predecessor = key.made.predecessor;
    event.createdUs = key.createdUs;
    event.successor = key.successor;
    event.revoked = true;
    event.reason = kErased;
    return event;
}

void KeyBook::restateRest(std::vector<KeyEvent>& events) const
{
    for (const KeyRateClass& own : ownClasses()) {
        events.emplace_back(RateClassSet{own});
    }
    if (m_limits == LimitsState::Never) {
        return;
    }
    events.emplace_back(LimitsKept{}); // begins the list anew
    if (m_limits == LimitsState::Open) {
        events.emplace_back(LimitsOpened{});
    }
    for (const LimitDebt& debt : limitDebts()) {
        events.emplace_back(LimitReserved{debt});
    }
}

void KeyBook::apply(const KeyRestated& event, const Moment& moment)
{
    StoredKey& key = m_keys[place(event.made)];
    key.rotated = event.rotated;
    key.suspended = event.suspended;
    key.revoked = event.revoked;
    key.counted = event.counted;
    key.expiresUs = event.expiresUs;
    key.graceEndsUs = event.graceEndsUs;
    key.vouched = event.vouched ? moment.sequence : 0;
    key.uses = event.uses;
    key.lastUsedUs = event.lastUsedUs;
    key.creditsTotal = event.creditsTotal;
    key.spent = event.spent;
    key.reserved = event.spent;
    key.createdUs = event.createdUs;
    key.successor = event.successor;
    key.reason = event.reason;
}

std::vector<std::uint32_t> KeyBook::byCreation() const
{
    std::vector<std::uint32_t> order(m_keys.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, {}, [&](std::uint32_t index) { return m_keys[index].createdUs; });
    return order;
}

const RateClass* KeyBook::findClass(std::string_view name) const
{
    const auto own = m_classes.find(name);
    return own != m_classes.end() ? &own->second : findRateClass(name);
}

std::vector<KeyRateClass> KeyBook::ownClasses() const
{
    std::vector<KeyRateClass> classes;
    for (const auto& [name, limits] : m_classes) {
        classes.push_back({.name = name, .read = limits.read, .write = limits.write, .heavy = limits.heavy, .builtIn = false});
    }
    return classes;
}

void KeyBook::setRates(std::string_view name)
{
    const RateClass* const rate = findClass(name);
    for (std::size_t index = 0; index < m_keys.size(); ++index) {
        StoredKey& key = m_keys[index];
        if (key.made.rateClass == name) {
            key.rate = rate != nullptr ? rate : &rateClasses().front();
        }
    }
}

void KeyBook::apply(const RateClassSet& event, const Moment& /*moment*/)
{
    if (findRateClass(event.rateClass.name) != nullptr) {
        return;
    }
    const auto own = m_classes.try_emplace(event.rateClass.name).first;
    own->second = {own->first, event.rateClass.read, event.rateClass.write, event.rateClass.heavy};
    setRates(own->first);
}

void KeyBook::apply(const RateClassRemoved& event, const Moment& /*moment*/)
{
    m_classes.erase(event.name);
    setRates(event.name);
}

} // namespace carma::access
