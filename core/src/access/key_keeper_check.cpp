// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/key_keeper.h"
#include "base/hash.h"

#include <algorithm>
#include <charconv>
#include <cstring>

/// Deciding about the use of a key, and what has to be written for it.
namespace carma::access {

namespace {

constexpr std::int64_t kMinuteUs = 60'000'000;
constexpr std::int64_t kDayUs = 24 * 60 * kMinuteUs;
constexpr RateLimit kFailuresOfASource{10, kMinuteUs, 10};
constexpr RateLimit kAuditedRefusals{60, kMinuteUs, 60}; // one by one; the others are counted in the next one
constexpr std::uint64_t kCreditsAheadMax = 1000;
constexpr std::size_t kDebtsMax = 60'000; // what fits into one record
constexpr std::size_t kCountsABatch = 20'000;

LimitKey limitKeyOf(const KeyId& account, LimitKind kind) { return {account.bytes, kind}; }

LimitKey sourceKey(std::string_view address)
{
    LimitKey key;
    const Hash128 hash = hash128(asBytes(address), 0);
    std::memcpy(key.subject.data(), hash.bytes.data(), key.subject.size());
    key.kind = LimitKind::FailedSource;
    return key;
}

bool allows(const KeyScope& scope, const KeyUse& use)
{
    const bool operation = (scope.operations >> static_cast<unsigned>(use.operation) & 1U) != 0;
    return operation && (scope.space == "*" || scope.space == use.space) && (scope.tag == "*" || scope.tag == use.tag);
}

/// How often a refusal happened is of interest whether or not its entry fits: causes that a well-meant client meets again and again.
bool isThrottle(KeyRefusal refusal) { return refusal == KeyRefusal::Rate || refusal == KeyRefusal::Quota || refusal == KeyRefusal::Source; }

/// Whether the text names the owner, seat and permission of the record.
bool says(std::string_view text, const StoredKey& key)
{
    std::array<char, 20> digits{}; // of any 64-bit number
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), key.position);
    const std::string_view position(digits.data(), static_cast<std::size_t>(written.ptr - digits.data()));
    for (const std::string_view part : {kKeyBegin, std::string_view(key.user.data(), key.user.size()), std::string_view("_pi_"), position,
             std::string_view("_perm_"), name(key.permission), std::string_view("_meta_")}) {
        if (!text.starts_with(part)) {
            return false;
        }
        text.remove_prefix(part.size());
    }
    return true;
}

void set(KeyVerdict& verdict, KeyRefusal refusal, std::string why)
{
    verdict.refusal = refusal;
    verdict.why = std::move(why);
}

} // namespace

Result<KeyVerdict> KeyKeeper::check(std::string_view text, const KeyUse& use)
{
    if (use.cost == 0 || static_cast<unsigned>(use.operation) >= kKeyOperations) {
        return Error{ErrorCode::InvalidArgument, "a use of a key has an operation and a cost of at least 1"};
    }
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(false));
    KeyVerdict verdict;
    if (auto decided = decide(verdict, text, use); !decided.has_value()) {
        journal::AuditNote note;
        note.action = "key.check";
        note.object = verdict.id.isNull() ? "unknown" : toString(verdict.id);
        return refuse(note, decided.error());
    }
    if (!verdict.accepted()) {
        auditRefusal(verdict, use);
    }
    return verdict;
}

Result<void> KeyKeeper::decide(KeyVerdict& verdict, std::string_view text, const KeyUse& use)
{
    CARMA_TRY(openPepper());
    // The MAC first: a text that it knows is one that was made here. Only for others it is of interest what is wrong with them.
    const bool asked = m_pepper && text.size() <= kKeyFormMax;
    const std::uint32_t index = asked ? m_book.findTag(m_pepper->mac(asBytes(text))) : kNoKey;
    if (index == kNoKey) {
        const auto parts = takeApart(text);
        if (!parts.has_value()) {
            set(verdict, KeyRefusal::Malformed, parts.error().message);
        } else {
            set(verdict, KeyRefusal::Unknown,
                "no key of this store (user " + parts->user + ", seat " + std::to_string(parts->position) + ")");
        }
    }
    if (index == kNoKey) {
        if (!use.address.empty()) {
            CARMA_TRY_ASSIGN(const LimitDecision failures, m_failures.take(sourceKey(use.address), kFailuresOfASource));
            if (!failures.allowed) {
                set(verdict, KeyRefusal::Source, "too many keys from " + use.address.substr(0, 64) + " failed");
                verdict.limit = failures;
            }
        }
        return {};
    }
    const StoredKey& key = m_book.at(index);
    verdict.id = key.id;
    judge(verdict, key, text, use);
    return verdict.accepted() ? takeCost(verdict, index, use) : Result<void>{};
}

/// All that does not depend on earlier uses.
void KeyKeeper::judge(KeyVerdict& verdict, const StoredKey& key, std::string_view text, const KeyUse& use) const
{
    const std::int64_t now = nowUs();
    switch (key.stateAt(now)) {
    case KeyState::Revoked: set(verdict, KeyRefusal::Revoked, "the key was revoked"); return;
    case KeyState::Suspended: set(verdict, KeyRefusal::Suspended, "the key is suspended"); return;
    case KeyState::Expired: set(verdict, KeyRefusal::Expired, key.rotated ? "the grace of the key is over" : "the key has expired"); return;
    case KeyState::Active:
    case KeyState::Grace: break;
    }
    if (m_book.isDoubtful(key)) {
        set(verdict, KeyRefusal::Doubtful, "records of keys are lost, and one may have been about this one: resume it to accept it again");
    } else if (key.notBeforeUs > now) {
        set(verdict, KeyRefusal::NotYet, "the key does not work yet");
    } else if (!says(text, key)) {
        set(verdict, KeyRefusal::Permission, "the key and its record disagree about owner or permission");
    } else if (key.hasAddresses &&
        std::ranges::none_of(key.made.addresses, [&](const AddressRange& range) { return contains(range, use.address); })) {
        set(verdict, KeyRefusal::Address, "the key is not accepted from this address");
    } else if ((key.everywhere >> static_cast<unsigned>(use.operation) & 1U) == 0 &&
        std::ranges::none_of(key.made.scopes, [&](const KeyScope& scope) { return allows(scope, use); })) {
        set(verdict, KeyRefusal::Scope, "no scope of the key allows to " + std::string(name(use.operation)) + " there");
    }
}

Result<void> KeyKeeper::takeCost(KeyVerdict& verdict, std::uint32_t index, const KeyUse& use)
{
    StoredKey& key = m_book.at(index);
    StoredKey& account = m_book.at(key.account);
    const LimitKind kind = limitKindOf(use.operation);
    const RateLimit& rate = key.rate->of(kind);
    const LimitKey rateKey = limitKeyOf(account.id, kind);
    const LimitKey quotaKey = limitKeyOf(account.id, LimitKind::Quota);
    const RateLimit quota{std::max<std::uint64_t>(1, key.quotaADay), kDayUs, std::max<std::uint64_t>(1, key.quotaADay)};
    CARMA_TRY(openLimits());
    const bool hasQuota = key.quotaADay != 0;
    const bool several = hasQuota || account.counted || m_readOnly;
    // Where there are several bounds: look first, take then. What one of them refuses must not cost anything of the other.
    verdict.limit = several ? m_limiter.look(rateKey, rate, use.cost) : LimitDecision{.allowed = true};
    const LimitDecision ofDay = hasQuota ? m_limiter.look(quotaKey, quota, use.cost) : LimitDecision{.allowed = true};
    if (account.counted) {
        verdict.creditsLeft = account.creditsTotal - std::min(account.creditsTotal, account.spent);
    }
    if (!verdict.limit.allowed) {
        set(verdict, KeyRefusal::Rate, "the rate of the key is used up");
    } else if (!ofDay.allowed) {
        verdict.limit = ofDay;
        set(verdict, KeyRefusal::Quota, "the quota of the key is used up");
    } else if (verdict.creditsLeft && *verdict.creditsLeft < use.cost) {
        set(verdict, KeyRefusal::Credits, "the credits of the key are used up");
    }
    if (!verdict.accepted() || m_readOnly) {
        return {};
    }
    CARMA_TRY(takeCredits(verdict, account, use.cost));
    if (hasQuota) {
        CARMA_TRY(m_limiter.take(quotaKey, quota, use.cost));
    }
    CARMA_TRY_ASSIGN(verdict.limit, m_limiter.take(rateKey, rate, use.cost));
    if (!verdict.limit.allowed) {
        set(verdict, KeyRefusal::Rate, several ? "more keys are in use than the limits have room for" : "the rate of the key is used up");
        return {};
    }
    ++key.uses;
    key.lastUsedUs = nowUs() / kMinuteUs * kMinuteUs;
    for (StoredKey* const changed : {&key, &account}) {
        if (!changed->dirty) {
            changed->dirty = true;
            m_dirty.push_back(changed == &key ? index : key.account);
        }
    }
    const std::int64_t now = m_journal.clock().monotonicUs();
    if (now - m_countedUs >= kMinuteUs) {
        CARMA_TRY(writeCounts(false));
        compactIfDue(m_upkeep.timesAtWork);
    }
    return {};
}

Result<void> KeyKeeper::takeCredits(KeyVerdict& verdict, StoredKey& account, std::uint64_t cost)
{
    if (!account.counted) {
        return {};
    }
    const std::uint64_t spent = account.spent + cost;
    if (spent > account.reserved) {
        const std::uint64_t ahead = std::min(kCreditsAheadMax, account.creditsTotal / 100);
        const std::uint64_t reserved = std::min(account.creditsTotal, spent + ahead);
        const std::uint64_t before = account.spent;
        const KeyEvent event = KeyUsed{account.id, account.lastUsedUs, account.uses, reserved};
        CARMA_TRY(append(std::span(&event, 1), nullptr));
        account.spent = before; // the event counts all that is reserved as spent, which is for after a crash
    }
    account.spent += cost;
    verdict.creditsLeft = account.creditsTotal - account.spent;
    return {};
}

/// Before the first decision about a limit: says in the log that from here on they are in memory only.
Result<void> KeyKeeper::openLimits()
{
    if (m_limitsOpen || m_readOnly) {
        return {};
    }
    m_limiter.restore(m_book.limitDebts());
    if (m_book.limitsState() == KeyBook::LimitsState::Open) {
        m_limiter.beginAfterCrash();
    }
    const KeyEvent event = LimitsOpened{};
    CARMA_TRY(append(std::span(&event, 1), nullptr));
    m_limitsOpen = true;
    m_countedUs = m_journal.clock().monotonicUs();
    return {};
}

void KeyKeeper::auditRefusal(const KeyVerdict& verdict, const KeyUse& use)
{
    if (m_readOnly) {
        return;
    }
    LimitKey all;
    all.kind = LimitKind::FailedSource;
    const auto room = m_failures.take(all, kAuditedRefusals);
    if (!room.has_value() || !room->allowed || isThrottle(verdict.refusal)) {
        ++m_notAudited;
        return;
    }
    journal::AuditNote note;
    note.action = "key.check";
    note.object = verdict.id.isNull() ? "unknown" : toString(verdict.id);
    note.outcome = journal::Outcome::Refused;
    note.reason = verdict.why;
    if (m_notAudited > 0) {
        note.reason += " (and " + std::to_string(m_notAudited) + " more refusals since the last entry)";
    }
    note.detail = std::string(name(use.operation)) + (use.space.empty() ? "" : " in " + use.space) +
        (use.address.empty() ? "" : " from " + use.address.substr(0, 64));
    if (const std::uint32_t index = m_book.findId(verdict.id); index != kNoKey) {
        note.subject = m_book.at(index).made.owner;
    }
    // Refused is refused, whether or not the entry could be written; then it counts for the next one.
    m_notAudited = m_journal.append({}, note).has_value() ? 0 : m_notAudited + 1;
}

/// Writes counts that have changed; with `last` also what limits and credits really stand at.
Result<void> KeyKeeper::writeCounts(bool last)
{
    std::vector<KeyEvent> events;
    events.reserve(m_dirty.size() + 1);
    for (const std::uint32_t index : m_dirty) {
        const StoredKey& key = m_book.at(index);
        events.emplace_back(KeyUsed{key.id, key.lastUsedUs, key.uses, last ? key.spent : key.reserved});
    }
    if (last && m_limitsOpen) {
        LimitsKept kept{m_limiter.debts()};
        if (kept.debts.size() <= kDebtsMax) { // more: the next opening counts short bursts as used, as after a crash
            events.emplace_back(std::move(kept));
        }
    }
    std::vector<std::pair<std::uint32_t, std::uint64_t>> spent;
    for (const std::uint32_t index : m_dirty) {
        spent.emplace_back(index, m_book.at(index).spent);
    }
    for (std::size_t at = 0; at < events.size(); at += kCountsABatch) {
        CARMA_TRY(append(std::span(events).subspan(at, std::min(kCountsABatch, events.size() - at)), nullptr));
    }
    for (const auto& [index, exact] : spent) {
        m_book.at(index).spent = exact;
        m_book.at(index).dirty = false;
    }
    m_dirty.clear();
    m_countedUs = m_journal.clock().monotonicUs();
    m_limitsOpen = m_limitsOpen && !last;
    return {};
}

Result<void> KeyKeeper::flush()
{
    const std::lock_guard guard(m_mutex);
    if (m_readOnly) {
        return {};
    }
    if (!m_dirty.empty() || m_limitsOpen) {
        CARMA_TRY(writeCounts(true));
    }
    compactIfDue(m_upkeep.timesAtClose);
    return {};
}

} // namespace carma::access
