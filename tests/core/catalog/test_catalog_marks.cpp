// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"
#include "support_catalog.h"

#include <QTest>

using namespace carma;
using namespace carma::catalog;
using namespace carma::test;

namespace {

/// A batch of one document, which has one fragment.
Batch oneDocument(std::uint64_t number, Sequence sequence, const std::string& path)
{
    Batch batch;
    batch.fragments = {makeFragment(number, 0, 1, sequence)};
    batch.documents = {makeDocument(number, 1, sequence + 1, path)};
    batch.appliedSequence = sequence + 2;
    return batch;
}

} // namespace

/// What caches go by: every batch moves `changes`, and only what touches what was there moves `edits`.
class TestCatalogMarks : public QObject {
    Q_OBJECT

    /// Applies the batch and says which marks moved: "", "c", "ce".
    static QString moved(Catalog& catalog, const Batch& batch)
    {
        const auto before = catalog.marks();
        if (const auto applied = catalog.apply(batch); !applied.has_value()) {
            return QString::fromStdString(applied.error().message);
        }
        const auto after = catalog.marks();
        return QString(before->changes != after->changes ? "c" : "") + (before->edits != after->edits ? "e" : "");
    }

private slots:
    void addingIsNoEdit()
    {
        const CatalogFolder folder;
        auto opened = folder.open();
        QCOMPARE(moved(*opened->catalog, oneDocument(1, 0, "a")), QString("c"));
        QCOMPARE(moved(*opened->catalog, oneDocument(2, 2, "b")), QString("c"));
        QCOMPARE(*opened->catalog->marks(), *opened->catalog->marks());
    }

    void whatTouchesOldRowsIs()
    {
        const CatalogFolder folder;
        auto opened = folder.open();
        Catalog& catalog = *opened->catalog;
        VERIFY_OK(catalog.apply(oneDocument(1, 0, "a")));
        VERIFY_OK(catalog.apply(oneDocument(2, 2, "b")));
        QCOMPARE(moved(catalog, oneDocument(3, 4, "a")), QString("ce")); // a newer version of the first
        Batch batch;
        batch.states = {{2, State::Lost}};
        QCOMPARE(moved(catalog, batch), QString("ce"));
        batch = {};
        batch.forgottenFragments = {makeFragment(2, 0, 1, 2).id};
        QCOMPARE(moved(catalog, batch), QString("ce"));
        batch = {};
        batch.forgottenDocuments = {fragmentId(3)};
        QCOMPARE(moved(catalog, batch), QString("ce"));
        QCOMPARE(moved(catalog, oneDocument(2, 2, "b")), QString("ce")); // the same once more
        batch = oneDocument(4, 6, "d");
        batch.fragments[0].state = State::Lost;
        QCOMPARE(moved(catalog, batch), QString("ce"));
        batch = {};
        batch.erasedSpaces = {namespaceId(1)};
        QCOMPARE(moved(catalog, batch), QString("ce"));
    }

    void readersSeeTheWritersChanges()
    {
        const CatalogFolder folder;
        folder.build(oneDocument(1, 0, "a"));
        auto reader = folder.open(true);
        auto last = reader->catalog->marks();
        VERIFY_OK(last);
        const auto hasMoved = [&] {
            const auto now = reader->catalog->marks();
            const bool moved = !now.has_value() || now->changes != last->changes || now->edits != last->edits;
            last = now;
            return moved;
        };
        QVERIFY(!hasMoved());
        auto writer = folder.open(); // from a file at rest to one in use
        VERIFY_OK(writer->catalog->apply(oneDocument(2, 2, "b")));
        QVERIFY(hasMoved());
        QVERIFY(!hasMoved());
        VERIFY_OK(writer->catalog->apply(oneDocument(3, 4, "c")));
        QVERIFY(hasMoved());
        VERIFY_OK(reader->catalog->apply(oneDocument(4, 6, "d"))); // it goes on in memory
        QVERIFY(hasMoved());
        QVERIFY(!hasMoved());
        VERIFY_OK(reader->catalog->apply(oneDocument(5, 8, "e")));
        QVERIFY(hasMoved());
    }
};

CARMA_TEST_CLASS(TestCatalogMarks, "test_catalog_marks")
#include "test_catalog_marks.moc"
