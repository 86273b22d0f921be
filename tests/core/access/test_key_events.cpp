// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_record/doc_example.h"
#include "keys_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::access;
using namespace carma::test;

class TestKeyEvents : public QObject {
    Q_OBJECT

private slots:
    void theExampleOfTheFormatPageIsRead()
    {
        const Bytes example = docExample("keys.md");
        QVERIFY(!example.empty());
        const auto decoded = decodeEvents(example);
        VERIFY_OK(decoded);
        QCOMPARE(decoded->timeUs, std::int64_t{1'700'000'000'000'000});
        QCOMPARE(decoded->events.size(), std::size_t{2});
        QCOMPARE(std::get<KeySuspended>(decoded->events[0]).reason, std::string("lost"));
        QVERIFY(std::get<KeyExpires>(decoded->events[1]).id == KeyId{}.plus(7));
        QVERIFY(encodeEvents(decoded->timeUs, decoded->events) == example);
    }

    void everyEventComesBack()
    {
        const KeyId id = KeyId{}.plus(5);
        KeyCreated made;
        made.id = id;
        made.owner = "anna";
        made.user = "0123abcd";
        made.position = 17;
        made.permission = KeyPermission::Custom;
        made.credits = 3;
        made.scopes = {*parseScope("read:letters:draft")};
        made.addresses = {*parseAddressRange("10.0.0.0/8")};
        const LimitDebt debt{{id.bytes, LimitKind::Quota}, 77};
        const std::vector<KeyEvent> events{PepperMade{Bytes(60), 9}, made, KeyRotated{id, id.plus(1), 5}, KeySuspended{id, "a"},
            KeyResumed{id}, KeyRevoked{id, "b"}, KeyExpires{id, -1}, CreditsAdded{id, 4}, KeyUsed{id, 1, 2, 3}, LimitReserved{debt},
            LimitsOpened{}, LimitsKept{{debt, debt}}};
        const Bytes once = encodeEvents(1, events);
        const auto decoded = decodeEvents(once);
        VERIFY_OK(decoded);
        QCOMPARE(decoded->events.size(), events.size());
        for (std::size_t i = 0; i < events.size(); ++i) {
            QCOMPARE(decoded->events[i].index(), i); // the kinds are the places in the variant
        }
        QVERIFY(encodeEvents(1, decoded->events) == once);
        QVERIFY(std::get<KeyCreated>(decoded->events[1]).scopes == made.scopes);
    }

    void hostileBodiesAreRefused()
    {
        KeysFixture fixture;
        (void)fixture.made(keyFor("anna", KeyPermission::Admin));
        Bytes body;
        VERIFY_OK(fixture.journal.read(log::RecordType::KeyEvent, 0, [&](const journal::Entry& entry) -> Result<bool> {
            body = toBytes(entry.body);
            return false;
        }));
        VERIFY_OK(access::decodeEvents(body));
        for (std::size_t size = 0; size < body.size(); ++size) {
            QVERIFY(!access::decodeEvents(ByteView(body).first(size)).has_value());
        }
        SeededRandom random(3);
        for (unsigned i = 0; i < 20'000; ++i) {
            Bytes wrong = body;
            wrong[random.below(wrong.size())] = static_cast<std::byte>(random.next());
            const auto decoded = access::decodeEvents(wrong);
            if (decoded.has_value()) {
                access::KeyBook book;
                book.take(1, decoded->timeUs, decoded->events);
                for (std::uint32_t at = 0; at < book.size(); ++at) {
                    (void)book.infoOf(at, 0);
                }
            }
        }
        body[0] = std::byte{2};
        COMPARE_ERROR(access::decodeEvents(body), ErrorCode::Unsupported);
    }
};

CARMA_TEST_CLASS(TestKeyEvents, "test_key_events")

#include "test_key_events.moc"
