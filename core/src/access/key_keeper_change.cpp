// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/key_keeper.h"

#include <algorithm>
#include <unordered_set>

/// Making keys and changing them.
namespace carma::access {

namespace {

constexpr std::size_t kFieldMax = 256;
constexpr std::size_t kListMax = 64; // scopes and addresses of one key
constexpr std::int64_t kDayUs = 24LL * 3600 * 1'000'000;

Error wrong(const std::string& what) { return {ErrorCode::InvalidArgument, what}; }

bool isPlain(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7F; });
}

Result<void> checkFields(const NewKey& key, const KeyBook& book)
{
    if (key.owner.empty() || key.owner.size() > kFieldMax || !isPlain(key.owner)) {
        return wrong("the owner of a key has 1 to 256 bytes and no control characters");
    }
    if (key.label.size() > kFieldMax || !isPlain(key.label)) {
        return wrong("the label of a key has at most 256 bytes and no control characters");
    }
    if (key.position && *key.position >= kSeats) {
        return wrong("the world has " + std::to_string(kSeats) + " seats, counted from 0");
    }
    if (key.permission > KeyPermission::Custom || (key.permission == KeyPermission::Custom) == key.scopes.empty()) {
        return wrong("scopes belong to a key of permission custom, and only to it");
    }
    if (key.scopes.size() > kListMax || key.addresses.size() > kListMax) {
        return wrong("a key has at most 64 scopes and 64 networks");
    }
    for (const KeyScope& scope : key.scopes) {
        if (scope.operations == 0 || scope.operations >> kKeyOperations != 0) {
            return wrong("a scope needs at least one operation");
        }
        CARMA_TRY(parseScope(toString(scope)));
    }
    if (book.findClass(key.rateClass) == nullptr) {
        return wrong("there is no rate class '" + key.rateClass.substr(0, kFieldMax) + "'");
    }
    if (key.quotaADay != 0) {
        CARMA_TRY(checkLimit({key.quotaADay, kDayUs, key.quotaADay}));
    }
    return {};
}

journal::AuditNote noteOf(std::string action, std::string object, std::string_view subject, std::string_view reason)
{
    journal::AuditNote note;
    note.action = std::move(action);
    note.object = std::move(object);
    note.subject = subject;
    note.reason = reason;
    return note;
}

std::string pseudonym(const crypto::HmacKey& directory, std::string_view owner)
{
    return toHex(ByteView(directory.mac(asBytes(owner))).first(kUserChars / 2));
}

} // namespace

Result<KeyCreated> KeyKeeper::draft(const NewKey& key) const
{
    CARMA_TRY(checkFields(key, m_book));
    const std::int64_t now = nowUs();
    if (key.expiresUs != 0 && key.expiresUs <= now) {
        return wrong("the key would have expired before it was made");
    }
    if (key.expiresUs != 0 && key.notBeforeUs >= key.expiresUs) {
        return wrong("the key would expire before it begins to work");
    }
    KeyCreated made;
    made.owner = key.owner;
    made.label = key.label;
    made.user = pseudonym(m_directory, key.owner);
    made.permission = key.permission;
    made.notBeforeUs = key.notBeforeUs;
    made.expiresUs = key.expiresUs;
    made.rateClass = key.rateClass;
    made.quotaADay = key.quotaADay;
    made.credits = key.credits;
    made.scopes = key.permission == KeyPermission::Custom ? key.scopes : scopesOf(key.permission);
    made.addresses = key.addresses;
    return made;
}

/// Gives each owner a seat: nobody shares one, and nobody has two.
Result<void> KeyKeeper::seat(std::span<const NewKey> keys, std::vector<KeyCreated>& drafts) const
{
    std::unordered_map<std::string, std::uint64_t> seats;   // given in this batch
    std::unordered_map<std::uint64_t, std::string> sitting; // the same the other way
    std::uint64_t next = m_book.nextSeat();
    for (const NewKey& key : keys) {
        next = key.position ? std::max(next, *key.position + 1) : next;
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const NewKey& key = keys[i];
        const auto given = seats.find(key.owner);
        const auto known = given != seats.end() ? std::optional(given->second) : m_book.seatOf(key.owner);
        if (known && key.position && *key.position != *known) {
            return wrong("the owner has seat " + std::to_string(*known) + " and can have no other");
        }
        if (!known && !key.position && next >= kSeats) {
            return Error{ErrorCode::LimitExceeded, "the last seat of the world is taken: name a free one"};
        }
        const std::uint64_t seat = known ? *known : key.position ? *key.position : next++;
        const std::string* const before = m_book.ownerOf(seat);
        const auto beside = sitting.find(seat);
        if ((before != nullptr && *before != key.owner) || (beside != sitting.end() && beside->second != key.owner)) {
            return Error{ErrorCode::AlreadyExists, "seat " + std::to_string(seat) + " belongs to another owner"};
        }
        seats.emplace(key.owner, seat);
        sitting.emplace(seat, key.owner);
        drafts[i].position = seat;
    }
    return {};
}

/// Draws the text of a key of this stem and gives the draft what follows from it.
Result<IssuedKey> KeyKeeper::issue(KeyCreated& made, const KeyStem& stem, const crypto::HmacKey& pepper, SecretBytes& room)
{
    const std::span<char, kKeyFormMax> out(reinterpret_cast<char*>(room.span().data()), kKeyFormMax);
    const std::size_t size = m_maker.make(stem, out);
    IssuedKey issued;
    issued.text = SecretBytes(room.view().first(size));
    made.tag = pepper.mac(issued.text.view());
    made.fingerprint = fingerprintOf(asText(issued.text.view()));
    // Every text is taken apart again before it is handed out: a key that fails its own check must never leave.
    CARMA_TRY(checkMade(asText(issued.text.view()), stem));
    return issued;
}

/// Draws texts and ids for drafts that have their seats.
Result<std::vector<IssuedKey>> KeyKeeper::issueAll(std::span<KeyCreated> drafts, const crypto::HmacKey& pepper)
{
    std::vector<StemFields> fields;
    fields.reserve(drafts.size());
    for (const KeyCreated& made : drafts) {
        fields.push_back({made.user, made.position, made.permission});
    }
    std::vector<KeyStem> stems(drafts.size());
    makeStems(fields, stems);
    std::vector<KeyId> ids(drafts.size()); // drawn at once: the generator takes longer to begin than to give them all
    static_assert(sizeof(KeyId) == sizeof(KeyId::bytes));
    m_journal.random().fill(std::as_writable_bytes(std::span(ids)));
    SecretBytes room(kKeyFormMax);
    std::vector<IssuedKey> issued;
    issued.reserve(drafts.size());
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        drafts[i].id = ids[i];
        CARMA_TRY_ASSIGN(IssuedKey key, issue(drafts[i], stems[i], pepper, room));
        key.info.id = ids[i];
        key.info.parts = std::move(stems[i].parts);
        key.info.parts.fingerprint = drafts[i].fingerprint;
        issued.push_back(std::move(key));
    }
    return issued;
}

Result<IssuedKey> KeyKeeper::create(const NewKey& key)
{
    CARMA_TRY_ASSIGN(std::vector<IssuedKey> issued, createAll(std::span(&key, 1)));
    return std::move(issued.front());
}

Result<std::vector<IssuedKey>> KeyKeeper::createAll(std::span<const NewKey> keys)
{
    if (keys.empty() || keys.size() > kKeysAtOnceMax) {
        return Error{ErrorCode::LimitExceeded, "1 to " + std::to_string(kKeysAtOnceMax) + " keys are made at once"};
    }
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(false));
    const bool one = keys.size() == 1;
    journal::AuditNote note = noteOf("key.create", "", one ? keys.front().owner : "", "");
    note.detail = one ? std::string(name(keys.front().permission)) : std::to_string(keys.size()) + " keys";
    if (auto clock = checkClock(); !clock.has_value()) {
        return refuse(note, clock.error());
    }
    std::vector<KeyCreated> drafts;
    drafts.reserve(keys.size());
    for (const NewKey& key : keys) {
        auto made = draft(key);
        if (!made.has_value()) {
            return refuse(note, made.error());
        }
        drafts.push_back(*std::move(made));
    }
    if (auto seated = seat(keys, drafts); !seated.has_value()) {
        return refuse(note, seated.error());
    }
    std::vector<KeyEvent> events;
    events.reserve(drafts.size() + 1);
    const auto pepper = pepperFor(events);
    if (!pepper.has_value()) {
        return refuse(note, pepper.error());
    }
    CARMA_TRY_ASSIGN(std::vector<IssuedKey> issued, issueAll(drafts, **pepper));
    for (KeyCreated& made : drafts) {
        events.emplace_back(std::move(made));
    }
    note.object = one ? toString(issued.front().info.id) : toString(issued.front().info.id) + " and on";
    CARMA_TRY(append(events, &note));
    const std::int64_t now = nowUs();
    for (IssuedKey& key : issued) {
        key.info = m_book.infoOf(m_book.findId(key.info.id), now, std::move(key.info.parts));
    }
    return issued;
}

/// One event about one key, or a refusal in the audit.
Result<KeyInfo> KeyKeeper::change(journal::AuditNote note, std::string_view id, bool clockCounts, const Decision& decide)
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(false));
    const auto index = m_book.findName(id);
    if (!index.has_value()) {
        note.object = id.substr(0, kFieldMax);
        return refuse(note, index.error());
    }
    const StoredKey& key = m_book.at(*index);
    note.object = toString(key.made.id);
    note.subject = key.made.owner;
    if (auto clock = checkClock(); clockCounts && !clock.has_value()) {
        return refuse(note, clock.error());
    }
    const auto event = key.revoked ? Result<KeyEvent>(wrong("the key " + note.object + " was revoked, which is for ever")) : decide(key);
    if (!event.has_value()) {
        return refuse(note, event.error());
    }
    CARMA_TRY(append(std::span(&*event, 1), &note));
    return m_book.infoOf(*index, nowUs());
}

Result<KeyInfo> KeyKeeper::revoke(std::string_view id, std::string_view reason)
{
    // What takes rights away works whatever the clock says.
    return change(noteOf("key.revoke", "", "", reason), id, false, [&](const StoredKey& key) -> Result<KeyEvent> {
        return KeyEvent(KeyRevoked{key.made.id, std::string(reason.substr(0, kFieldMax))});
    });
}

Result<KeyInfo> KeyKeeper::suspend(std::string_view id, std::string_view reason)
{
    return change(noteOf("key.suspend", "", "", reason), id, false, [&](const StoredKey& key) -> Result<KeyEvent> {
        if (key.suspended) {
            return wrong("the key " + toString(key.made.id) + " is suspended already");
        }
        return KeyEvent(KeySuspended{key.made.id, std::string(reason.substr(0, kFieldMax))});
    });
}

Result<KeyInfo> KeyKeeper::resume(std::string_view id)
{
    return change(noteOf("key.resume", "", "", ""), id, true, [&](const StoredKey& key) -> Result<KeyEvent> {
        if (!key.suspended && !m_book.isDoubtful(key)) {
            return wrong("the key " + toString(key.made.id) + " is not suspended");
        }
        return KeyEvent(KeyResumed{key.made.id});
    });
}

Result<KeyInfo> KeyKeeper::expire(std::string_view id, std::int64_t atUs)
{
    return change(noteOf("key.expire", "", "", ""), id, true, [&](const StoredKey& key) -> Result<KeyEvent> {
        if (atUs < 0) {
            return wrong("a key cannot expire before 1970");
        }
        return KeyEvent(KeyExpires{key.made.id, atUs});
    });
}

Result<KeyInfo> KeyKeeper::addCredits(std::string_view id, std::uint64_t credits)
{
    journal::AuditNote note = noteOf("key.credits", "", "", "");
    note.detail = std::to_string(credits) + " credits";
    return change(note, id, true, [&](const StoredKey& key) -> Result<KeyEvent> {
        if (credits == 0) {
            return wrong("no credits are nothing to add");
        }
        return KeyEvent(CreditsAdded{key.made.id, credits});
    });
}

Result<IssuedKey> KeyKeeper::rotate(std::string_view id, std::int64_t graceUs, std::string_view reason)
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow(false));
    journal::AuditNote note = noteOf("key.rotate", std::string(id.substr(0, kFieldMax)), "", reason);
    const auto index = m_book.findName(id);
    if (!index.has_value()) {
        return refuse(note, index.error());
    }
    const StoredKey& old = m_book.at(*index);
    note.object = toString(old.made.id);
    note.subject = old.made.owner;
    if (graceUs < 0 || graceUs > kGraceMaxUs) {
        return refuse(note, wrong("the grace of a rotated key is 0 to 7 days"));
    }
    if (auto clock = checkClock(); !clock.has_value()) {
        return refuse(note, clock.error());
    }
    const std::int64_t now = nowUs();
    const KeyState state = old.stateAt(now);
    if (old.rotated) {
        return refuse(note, wrong("the key " + note.object + " was rotated; its successor is " + toString(old.successor)));
    }
    if (state != KeyState::Active) {
        return refuse(note, wrong("the key " + note.object + " is " + std::string(name(state)) + " and cannot be rotated"));
    }
    std::vector<KeyEvent> events;
    const auto pepper = pepperFor(events);
    if (!pepper.has_value()) {
        return refuse(note, pepper.error());
    }
    KeyCreated made = old.made;
    made.generation = old.made.generation + 1;
    made.predecessor = old.made.id;
    made.notBeforeUs = 0;
    made.expiresUs = old.expiresUs;
    CARMA_TRY_ASSIGN(std::vector<IssuedKey> all, issueAll(std::span(&made, 1), **pepper));
    IssuedKey issued = std::move(all.front());
    const std::uint32_t before = m_book.findId(old.made.predecessor);
    if (before != kNoKey && m_book.at(before).stateAt(now) == KeyState::Grace) {
        events.emplace_back(KeyRotated{old.made.predecessor, old.made.id, now}); // at most two generations work
    }
    events.emplace_back(KeyRotated{old.made.id, made.id, now + graceUs});
    const KeyId fresh = made.id;
    note.detail = "successor " + toString(fresh);
    events.emplace_back(std::move(made));
    CARMA_TRY(append(events, &note));
    issued.info = m_book.infoOf(m_book.findId(fresh), nowUs());
    return issued;
}

} // namespace carma::access
