// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/key_keeper.h"

#include "base/byte_io.h"

#include <algorithm>

namespace carma::access {

namespace {

constexpr std::string_view kPepperUse = "carma key pepper";
constexpr std::string_view kPepperMark = "carma key pepper mark";
constexpr std::int64_t kClockSlackUs = 60'000'000;  // what time services set a clock back by without anybody noticing
constexpr std::int64_t kRefreshEveryUs = 1'000'000; // how late a reader sees what the writer changed
constexpr std::size_t kEventsARecord = 2'000;       // some 300 KB of keys; a batch may have several records

std::uint64_t markOf(const crypto::HmacKey& pepper) { return loadLe<std::uint64_t>(pepper.mac(asBytes(kPepperMark))); }

} // namespace

KeyKeeper::KeyKeeper(journal::Journal& journal, const crypto::AeadKey& wrapping, SecretBytes directory, bool readOnly, const Upkeep& upkeep)
    : m_journal(journal), m_wrapping(wrapping), m_directory(directory.view()), m_readOnly(readOnly), m_upkeep(upkeep),
      m_maker(journal.random()), m_limiter(journal.clock(),
                                     {.reserve =
                                             [this](const LimitDebt& debt) {
                                                 const KeyEvent event = LimitReserved{debt};
                                                 return append(std::span(&event, 1), nullptr);
                                             }}),
      m_failures(journal.clock())
{
}

Result<void> KeyKeeper::follow(bool refresh)
{
    if (m_followed && !refresh && !m_readOnly) {
        return {}; // in the process that writes, every event of a key goes through append
    }
    const std::int64_t now = m_journal.clock().monotonicUs();
    if (m_followed && !refresh && now - m_followedUs < kRefreshEveryUs) {
        return {};
    }
    if (m_readOnly || !m_followed) {
        CARMA_TRY(m_journal.refresh());
    }
    m_followedUs = now;
    const Sequence end = m_journal.end();
    if (m_followed && end <= m_next) {
        return {};
    }
    CARMA_TRY(m_journal.read(log::RecordType::KeyEvent, m_next, [&](const journal::Entry& entry) -> Result<bool> {
        if (entry.sequence >= end) {
            return false;
        }
        if (entry.purged) {
            return true; // what it said is said again elsewhere
        }
        const auto decoded = entry.lost ? Result<DecodedEvents>(Error{}) : decodeEvents(entry.body);
        if (decoded.has_value()) {
            m_book.take(entry.sequence, decoded->timeUs, decoded->events);
        } else if (decoded.error().code == ErrorCode::Unsupported) {
            return decoded.error();
        } else {
            m_book.takeLost(entry.sequence);
        }
        return true;
    }));
    m_next = end;
    m_followed = true;
    return {};
}

Result<void> KeyKeeper::openPepper()
{
    if (m_pepper || !m_book.pepper()) {
        return {};
    }
    const std::string place = "the pepper of the keys (record " + std::to_string(m_book.pepperAt()) + ")";
    const auto opened = m_wrapping.openSecret(asBytes(kPepperUse), m_book.pepper()->sealed);
    if (!opened.has_value() || opened->size() != crypto::kKeyBytes) {
        return Error{ErrorCode::WrongKey, place + " does not open with this store's master key: it belongs to another store"};
    }
    crypto::HmacKey pepper(opened->view());
    if (markOf(pepper) != m_book.pepper()->mark) {
        return Error{ErrorCode::WrongKey, place + " does not have the mark that its record gives: it is another one"};
    }
    m_pepper = std::move(pepper);
    return {};
}

Result<const crypto::HmacKey*> KeyKeeper::pepperFor(std::vector<KeyEvent>& events)
{
    CARMA_TRY(openPepper());
    if (m_pepper) {
        return &*m_pepper;
    }
    SecretBytes secret(crypto::kKeyBytes);
    m_journal.random().fill(secret.span());
    std::array<std::byte, crypto::kNonceBytes> nonce{};
    m_journal.random().fill(nonce);
    PepperMade made;
    m_wrapping.seal(nonce, asBytes(kPepperUse), secret.view(), made.sealed);
    m_pepper = crypto::HmacKey(secret.view());
    made.mark = markOf(*m_pepper);
    events.emplace_back(std::move(made));
    return &*m_pepper;
}

Result<std::vector<journal::NewEntry>> KeyKeeper::toEntries(std::int64_t time, std::span<const KeyEvent> events)
{
    std::vector<journal::NewEntry> entries;
    for (std::size_t at = 0; at < events.size(); at += kEventsARecord) {
        const auto part = events.subspan(at, std::min(kEventsARecord, events.size() - at));
        journal::NewEntry entry;
        entry.type = log::RecordType::KeyEvent;
        entry.body = encodeEvents(time, part);
        if (entry.body.size() > log::kRecordBodyBytesMax) {
            return Error{ErrorCode::LimitExceeded, "so many keys with such long fields do not fit into one batch: make fewer at once"};
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<void> KeyKeeper::append(std::span<const KeyEvent> events, const journal::AuditNote* note)
{
    return append(events, [&](std::span<const journal::NewEntry> entries) {
        return note != nullptr ? m_journal.append(entries, *note) : m_journal.append(entries);
    });
}

Result<void> KeyKeeper::append(std::span<const KeyEvent> events, const Writer& write)
{
    const std::int64_t time = nowUs();
    CARMA_TRY_ASSIGN(const auto entries, toEntries(time, events));
    const auto first = write(entries);
    if (!first.has_value()) {
        if (!m_book.pepper()) {
            m_pepper.reset(); // the one that was drawn for this append is not in the log
        }
        m_followed = false; // to be read again: the batch may be there after all
        return first.error();
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::size_t at = i * kEventsARecord;
        m_book.take(*first + i, time, events.subspan(at, std::min(kEventsARecord, events.size() - at)));
    }
    m_next = std::max(m_next, *first + entries.size());
    return {};
}

Error KeyKeeper::refuse(journal::AuditNote note, Error error)
{
    note.outcome = journal::Outcome::Refused;
    note.reason = error.message;
    if (!m_readOnly) {
        // Nothing was changed, so an entry that cannot be written is no reason to say anything else.
        (void)m_journal.append({}, note).has_value();
    }
    return error;
}

std::int64_t KeyKeeper::nowUs() const { return std::max(m_journal.clock().wallTimeUs(), m_book.newestUs()); }

Result<void> KeyKeeper::checkClock() const
{
    const std::int64_t behind = m_book.newestUs() - m_journal.clock().wallTimeUs();
    if (behind > kClockSlackUs) {
        return Error{ErrorCode::InvalidArgument,
            "the clock stands " + std::to_string(behind / 1'000'000) + " s before the newest event of a key (record " +
                std::to_string(m_book.newestAt()) + "): set it right; nothing was changed"};
    }
    return {};
}

Result<void> KeyKeeper::list(const std::function<bool(const KeyInfo&)>& visit)
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(true));
    const std::int64_t now = nowUs();
    for (const std::uint32_t index : m_book.byCreation()) {
        if (!visit(m_book.infoOf(index, now))) {
            break;
        }
    }
    return {};
}

Result<KeyInfo> KeyKeeper::show(std::string_view id)
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(true));
    CARMA_TRY_ASSIGN(const std::uint32_t index, m_book.findName(id));
    return m_book.infoOf(index, nowUs());
}

Result<std::vector<KeyInfo>> KeyKeeper::find(std::uint64_t fingerprint)
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(true));
    std::vector<KeyInfo> found;
    for (std::uint32_t index = 0; index < m_book.size(); ++index) {
        if (m_book.at(index).made.fingerprint == fingerprint) {
            found.push_back(m_book.infoOf(index, nowUs()));
        }
    }
    return found;
}

} // namespace carma::access

namespace carma {

std::string_view name(KeyState state)
{
    switch (state) {
    case KeyState::Active: return "active";
    case KeyState::Grace: return "grace";
    case KeyState::Suspended: return "suspended";
    case KeyState::Revoked: return "revoked";
    case KeyState::Expired: return "expired";
    }
    return "unknown";
}

std::string_view name(KeyRefusal refusal)
{
    constexpr std::array<std::string_view, 15> kNames{"none", "malformed", "unknown", "revoked", "suspended", "expired", "not-yet",
        "doubtful", "permission", "address", "scope", "source", "rate", "quota", "credits"};
    const auto number = static_cast<std::size_t>(refusal);
    return number < kNames.size() ? kNames.at(number) : "unknown";
}

} // namespace carma
