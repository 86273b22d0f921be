// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/key_book.h"

#include "access/key_form.h"
#include "base/byte_io.h"
#include "base/hash.h"

#include <algorithm>

namespace carma::access {

namespace {

constexpr std::size_t kNameMin = 4;
constexpr std::size_t kIdChars = 26;

std::uint64_t hashOf(const crypto::Digest& tag) { return loadLe<std::uint64_t>(tag); }

std::uint64_t hashOf(const KeyId& id) { return hash64(std::as_bytes(std::span(id.bytes)), 0); }

std::uint64_t hashOf(std::string_view owner) { return hash64(asBytes(owner), 0); }

std::uint64_t hashOf(std::uint64_t seat) { return hash64(std::as_bytes(std::span(&seat, 1)), 0); }

std::uint64_t addCapped(std::uint64_t a, std::uint64_t b) { return a > ~b ? ~std::uint64_t{0} : a + b; }

} // namespace

KeyState StoredKey::stateAt(std::int64_t nowUs) const
{
    if (revoked) {
        return KeyState::Revoked;
    }
    if (suspended) {
        return KeyState::Suspended;
    }
    if ((expiresUs != 0 && nowUs >= expiresUs) || (rotated && nowUs >= graceEndsUs)) {
        return KeyState::Expired;
    }
    return rotated ? KeyState::Grace : KeyState::Active;
}

void KeyBook::take(Sequence sequence, std::int64_t timeUs, std::span<const KeyEvent> events)
{
    if (timeUs >= m_newestUs) {
        m_newestUs = timeUs;
        m_newestAt = sequence;
    }
    m_events += events.size();
    for (const KeyEvent& event : events) {
        std::visit([&](const auto& value) { apply(value, {sequence, timeUs}); }, event);
    }
}

void KeyBook::takeLost(Sequence sequence)
{
    m_lostAny = true;
    m_lost = sequence;
    if (m_limits != LimitsState::Never) {
        m_limits = LimitsState::Open; // what was kept there is gone
    }
}

StoredKey* KeyBook::changeable(const KeyId& id)
{
    const std::uint32_t index = findId(id);
    return index == kNoKey || m_keys[index].revoked ? nullptr : &m_keys[index];
}

void KeyBook::apply(const PepperMade& event, const Moment& moment)
{
    if (!m_pepper) {
        m_pepper = event;
        m_pepperAt = moment.sequence;
    }
}

void KeyBook::apply(const KeyCreated& event, const Moment& moment)
{
    if (findId(event.id) != kNoKey) {
        return;
    }
    StoredKey& key = m_keys[place(event)];
    key.counted = event.credits.has_value();
    key.expiresUs = event.expiresUs;
    key.vouched = moment.sequence;
    key.creditsTotal = event.credits.value_or(0);
    key.createdUs = moment.timeUs;
}

/// Makes room for a key, or finds the one that has it, and sets what never changes.
std::uint32_t KeyBook::place(const KeyCreated& made)
{
    const std::uint32_t known = findId(made.id);
    const auto index = known == kNoKey ? static_cast<std::uint32_t>(m_keys.size()) : known;
    if (known == kNoKey) {
        m_keys.add();
        m_keys[index].id = made.id; // what the indexes are asked for is compared with this
        m_ids.insert(hashOf(made.id), index);
        m_tags.insert(hashOf(made.tag), index);
    }
    StoredKey& key = m_keys[index];
    const std::uint32_t before = made.predecessor.isNull() ? kNoKey : findId(made.predecessor);
    key.tag = made.tag;
    key.id = made.id;
    key.account = before == kNoKey ? index : m_keys[before].account;
    key.everywhere = 0;
    for (const KeyScope& scope : made.scopes) {
        key.everywhere |= scope.space == "*" && scope.tag == "*" ? scope.operations : 0;
    }
    std::copy_n(made.user.begin(), std::min(made.user.size(), key.user.size()), key.user.begin());
    key.position = made.position;
    key.permission = made.permission;
    key.hasAddresses = !made.addresses.empty();
    key.notBeforeUs = made.notBeforeUs;
    const RateClass* const rate = findClass(made.rateClass);
    key.rate = rate != nullptr ? rate : &rateClasses().front(); // lost, or of a later version: the strictest
    key.quotaADay = made.quotaADay;
    key.made = made;
    if (!made.owner.empty() && firstOf(made.owner) == kNoKey) {
        m_owners.insert(hashOf(made.owner), index);
    }
    if (firstAt(made.position) == kNoKey) {
        m_seats.insert(hashOf(made.position), index);
    }
    m_nextSeat = std::max(m_nextSeat, made.position + 1);
    return index;
}

void KeyBook::apply(const KeyRotated& event, const Moment& /*moment*/)
{
    if (StoredKey* const key = changeable(event.id)) {
        // A grace that has begun can only become shorter.
        key->graceEndsUs = key->rotated ? std::min(key->graceEndsUs, event.graceEndsUs) : event.graceEndsUs;
        key->rotated = true;
        key->successor = event.successor;
    }
}

void KeyBook::apply(const KeySuspended& event, const Moment& /*moment*/)
{
    if (StoredKey* const key = changeable(event.id)) {
        key->suspended = true;
        key->reason = event.reason;
    }
}

void KeyBook::apply(const KeyResumed& event, const Moment& moment)
{
    if (StoredKey* const key = changeable(event.id)) {
        key->suspended = false;
        key->reason.clear();
        key->vouched = moment.sequence;
    }
}

void KeyBook::apply(const KeyRevoked& event, const Moment& /*moment*/)
{
    if (StoredKey* const key = changeable(event.id)) {
        key->revoked = true;
        key->reason = event.reason;
    }
}

void KeyBook::apply(const KeyExpires& event, const Moment& /*moment*/)
{
    if (StoredKey* const key = changeable(event.id)) {
        key->expiresUs = event.atUs;
    }
}

void KeyBook::apply(const CreditsAdded& event, const Moment& /*moment*/)
{
    if (const std::uint32_t index = findId(event.id); index != kNoKey) {
        StoredKey& account = m_keys[m_keys[index].account];
        account.creditsTotal = addCapped(account.creditsTotal, event.credits);
        account.counted = true;
    }
}

void KeyBook::apply(const KeyUsed& event, const Moment& /*moment*/)
{
    if (const std::uint32_t index = findId(event.id); index != kNoKey) {
        StoredKey& key = m_keys[index];
        key.uses = std::max(key.uses, event.uses);
        key.lastUsedUs = std::max(key.lastUsedUs, event.minuteUs);
        key.spent = event.spent;
        key.reserved = event.spent;
    }
}

void KeyBook::apply(const LimitReserved& event, const Moment& /*moment*/) { m_debts[event.debt.key] = event.debt.untilUs; }

void KeyBook::apply(const LimitsOpened& /*event*/, const Moment& /*moment*/) { m_limits = LimitsState::Open; }

void KeyBook::apply(const LimitsKept& event, const Moment& /*moment*/)
{
    m_limits = LimitsState::Kept;
    m_debts.clear();
    for (const LimitDebt& debt : event.debts) {
        m_debts[debt.key] = debt.untilUs;
    }
}

std::uint32_t KeyBook::findTag(const crypto::Digest& tag) const
{
    return m_tags.find(hashOf(tag), [&](std::uint32_t index) { return crypto::sameDigest(m_keys[index].tag, tag); });
}

std::uint32_t KeyBook::findId(const KeyId& id) const
{
    return m_ids.find(hashOf(id), [&](std::uint32_t index) { return m_keys[index].id == id; });
}

std::uint32_t KeyBook::firstOf(std::string_view owner) const
{
    return m_owners.find(hashOf(owner), [&](std::uint32_t index) { return m_keys[index].made.owner == owner; });
}

std::uint32_t KeyBook::firstAt(std::uint64_t seat) const
{
    return m_seats.find(hashOf(seat), [&](std::uint32_t index) { return m_keys[index].position == seat; });
}

Result<std::uint32_t> KeyBook::findName(std::string_view id) const
{
    const std::string shown(id.substr(0, kIdChars + 1));
    if (id.size() == kIdChars) {
        const auto whole = parseId<KeyId>(id);
        const std::uint32_t index = whole.has_value() ? findId(*whole) : kNoKey;
        return index != kNoKey ? Result<std::uint32_t>(index) : Error{ErrorCode::NotFound, "there is no key " + shown};
    }
    if (id.size() < kNameMin || id.size() > kIdChars) {
        return Error{ErrorCode::InvalidArgument, "a key is named by its id, or by its beginning of at least 4 characters"};
    }
    std::uint32_t found = kNoKey;
    for (std::uint32_t index = 0; index < m_keys.size(); ++index) {
        if (toString(m_keys[index].made.id).starts_with(id)) {
            if (found != kNoKey) {
                return Error{ErrorCode::InvalidArgument, "several keys begin with " + shown};
            }
            found = index;
        }
    }
    return found != kNoKey ? Result<std::uint32_t>(found) : Error{ErrorCode::NotFound, "there is no key " + shown};
}

KeyInfo KeyBook::infoOf(std::uint32_t index, std::int64_t nowUs) const
{
    const KeyCreated& made = m_keys[index].made;
    KeyParts parts = makeStem(made.user, made.position, made.permission).parts;
    parts.fingerprint = made.fingerprint;
    return infoOf(index, nowUs, std::move(parts));
}

KeyInfo KeyBook::infoOf(std::uint32_t index, std::int64_t nowUs, KeyParts parts) const
{
    const StoredKey& key = m_keys[index];
    const StoredKey& account = m_keys[key.account];
    KeyInfo info;
    info.id = key.made.id;
    info.owner = key.made.owner;
    info.label = key.made.label;
    info.parts = std::move(parts);
    info.scopes = key.made.scopes;
    info.addresses = key.made.addresses;
    info.rateClass = key.made.rateClass;
    info.quotaADay = key.made.quotaADay;
    if (account.counted) {
        info.credits = account.creditsTotal - std::min(account.creditsTotal, account.spent);
    }
    info.createdUs = key.createdUs;
    info.notBeforeUs = key.made.notBeforeUs;
    info.expiresUs = key.expiresUs;
    info.lastUsedUs = key.lastUsedUs;
    info.uses = key.uses;
    info.state = key.stateAt(nowUs);
    info.graceEndsUs = key.graceEndsUs;
    info.successor = key.successor;
    info.predecessor = key.made.predecessor;
    info.generation = key.made.generation;
    info.reason = key.reason;
    return info;
}

std::optional<std::uint64_t> KeyBook::seatOf(const std::string& owner) const
{
    const std::uint32_t first = firstOf(owner);
    return first == kNoKey ? std::nullopt : std::optional(m_keys[first].position);
}

const std::string* KeyBook::ownerOf(std::uint64_t seat) const
{
    const std::uint32_t first = firstAt(seat);
    return first == kNoKey ? nullptr : &m_keys[first].made.owner;
}

std::vector<LimitDebt> KeyBook::limitDebts() const
{
    std::vector<LimitDebt> debts;
    debts.reserve(m_debts.size());
    for (const auto& [key, untilUs] : m_debts) {
        debts.push_back({key, untilUs});
    }
    return debts;
}

} // namespace carma::access
