// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/store_impl.h"
#include "store_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::test;

namespace {

journal::NewEntry entry(log::RecordType type, std::string_view text)
{
    const ByteView bytes = asBytes(text);
    return {type, NamespaceId{}, Bytes(bytes.begin(), bytes.end())};
}

journal::AuditNote note(std::string action, journal::Outcome outcome = journal::Outcome::Done)
{
    journal::AuditNote made;
    made.action = std::move(action);
    made.outcome = outcome;
    return made;
}

NewMemory memory(std::string text)
{
    NewMemory made;
    made.text = std::move(text);
    return made;
}

journal::Journal& journalOf(Store& store) { return static_cast<store::StoreImpl&>(store).core().journal(); }

Result<std::vector<std::string>> texts(journal::Journal& journal, log::RecordType type, Sequence from = 0)
{
    std::vector<std::string> found;
    CARMA_TRY(journal.read(type, from, [&](const journal::Entry& item) -> Result<bool> {
        found.push_back(item.lost ? "lost" : item.purged ? "purged" : toString(item.body));
        return true;
    }));
    return found;
}

} // namespace

/// Keys, audit and the other books as records of a real log.
class TestStoreJournal : public QObject {
    Q_OBJECT

private slots:
    void entriesComeBackByTypeAfterReopeningAndWithoutACatalog()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        {
            auto opened = fixture.open();
            VERIFY_OK(opened);
            journal::Journal& journal = journalOf(**opened);
            for (int i = 0; i < 40; ++i) {
                const std::string number = std::to_string(i);
                const std::vector entries{
                    entry(log::RecordType::KeyEvent, "key " + number), entry(log::RecordType::Usage, "use " + number)};
                VERIFY_OK(journal.append(entries, note("key.create")));
                VERIFY_OK((*opened)->memory().remember("default", {memory("between " + number)}));
            }
            QCOMPARE(texts(journal, log::RecordType::KeyEvent)->size(), std::size_t{40});
            VERIFY_OK((*opened)->close());
        }
        for (const bool withCatalog : {true, false}) {
            if (!withCatalog) {
                fixture.deleteCatalog();
            }
            auto opened = fixture.open();
            VERIFY_OK(opened);
            journal::Journal& journal = journalOf(**opened);
            const auto keys = texts(journal, log::RecordType::KeyEvent);
            VERIFY_OK(keys);
            QCOMPARE(keys->size(), std::size_t{40});
            QCOMPARE(keys->front(), std::string("key 0"));
            QCOMPARE(keys->back(), std::string("key 39"));
            QCOMPARE(texts(journal, log::RecordType::Usage)->size(), std::size_t{40});
            QVERIFY(texts(journal, log::RecordType::Audit)->size() >= 80); // one for each change, those of memories included
            QVERIFY(texts(journal, log::RecordType::Anomaly)->empty());
            QVERIFY(texts(journal, log::RecordType::KeyEvent, journal.end())->empty());
        }
    }

    void aNewStoreLacksNoCatalog()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        QVERIFY(fixture.notices.empty());
        QCOMPARE((*opened)->health().scrub(Task{})->faultsCount, std::uint64_t{0});
    }

    void aVisitorCanStop()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        journal::Journal& journal = journalOf(**opened);
        const std::vector<journal::NewEntry> entries(20, entry(log::RecordType::Setting, "same"));
        VERIFY_OK(journal.append(entries));
        int visits = 0;
        VERIFY_OK(journal.read(log::RecordType::Setting, 0, [&](const journal::Entry&) -> Result<bool> { return ++visits < 3; }));
        QCOMPARE(visits, 3);
        COMPARE_ERROR(journal.read(log::RecordType::Setting, 0,
                          [](const journal::Entry&) -> Result<bool> {
                              return Error{ErrorCode::Cancelled, "enough"};
                          }),
            ErrorCode::Cancelled);
    }

    void whatIsNoBookIsRefused()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        journal::Journal& journal = journalOf(**opened);
        const Sequence before = journal.end();
        COMPARE_ERROR(journal.append(std::vector{entry(log::RecordType::Fragment, "x")}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(journal.append(std::vector<journal::NewEntry>{}), ErrorCode::InvalidArgument);
        QCOMPARE(journal.end(), before);
        VERIFY_OK(journal.append({}, note("key.check", journal::Outcome::Refused))); // an attempt alone is recorded
        QCOMPARE(journal.end(), before + 1);
    }

    void aReaderRefuses()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open(true);
        VERIFY_OK(opened);
        COMPARE_ERROR(journalOf(**opened).append(std::vector{entry(log::RecordType::Setting, "x")}), ErrorCode::Busy);
    }
};

CARMA_TEST_CLASS(TestStoreJournal, "test_store_journal")
#include "test_store_journal.moc"
