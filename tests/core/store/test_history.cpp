// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store_fixture.h"
#include "support/test_main.h"

#include <carma/history.h>

#include <QTest>

using namespace carma;
using namespace carma::test;

/// Versions of documents: which belong together, in which order, and what is current.
class TestHistory : public QObject {
    Q_OBJECT

private:
    static std::vector<FragmentId> idsOf(const std::vector<DocumentSummary>& versions)
    {
        std::vector<FragmentId> ids;
        for (const DocumentSummary& each : versions) {
            ids.push_back(each.id);
        }
        return ids;
    }

private slots:
    void aFileHasTheVersionsOfItsPath()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        Memory& memory = (*store)->memory();
        std::vector<FragmentId> ids;
        for (const char* words : {"First text.", "Second text.", "Third text."}) {
            VERIFY_OK(memory.ingestBytes("a/one.txt", words, {}));
            ids.push_back(memory.resolve("a/one.txt").value());
            VERIFY_OK(memory.ingestBytes(std::string("b/") + words[0] + ".txt", words, {}));
        }
        IngestOptions elsewhere;
        elsewhere.space = "elsewhere"; // the same path, and no version
        VERIFY_OK(memory.ingestBytes("a/one.txt", "Fourth text.", elsewhere));
        for (const FragmentId& id : ids) {
            const auto versions = versionsOf(**store, id.plus(2)); // by any part of any version
            VERIFY_OK(versions);
            QVERIFY(idsOf(*versions) == ids);
            QVERIFY(!(*versions)[0].current && !(*versions)[1].current && (*versions)[2].current);
        }
        COMPARE_ERROR(versionsOf(**store, FragmentId{}), ErrorCode::NotFound);
    }

    void aForgottenVersionIsLeftOut()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        Memory& memory = (*store)->memory();
        std::vector<FragmentId> ids;
        for (const char* words : {"First text.", "Second text.", "Third text."}) {
            VERIFY_OK(memory.ingestBytes("a/one.txt", words, {}));
            ids.push_back(memory.resolve("a/one.txt").value());
        }
        VERIFY_OK(memory.forget({ids[1]}, {}, {})); // the one before goes with it
        QVERIFY(idsOf(versionsOf(**store, ids[2]).value()) == std::vector<FragmentId>{ids[2]});
        COMPARE_ERROR(versionsOf(**store, ids[1]), ErrorCode::NotFound);
    }

    void aNoteWithoutANameIsKnownByItsFirstVersion()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        const auto first = (*store)->memory().remember("default", {{"Bread rises.", "Bread", "", {"kitchen"}}, {"Salt.", "", "", {}}});
        VERIFY_OK(first);
        const auto second = replaceDocument(**store, first->front(), "Bread rises slowly.", {"kitchen"});
        VERIFY_OK(second);
        QCOMPARE(second->tags, std::vector<std::string>{"kitchen"});
        const auto third = replaceDocument(**store, second->id.plus(1), "Bread rises over night.", {});
        VERIFY_OK(third);
        QVERIFY(third->current && third->tags.empty());
        const std::vector<FragmentId> all{first->front(), second->id, third->id};
        for (const FragmentId& id : all) {
            QVERIFY(idsOf(versionsOf(**store, id).value()) == all);
        }
        QCOMPARE((*store)->memory().original(third->id).value(), std::string("Bread rises over night."));
    }

    void anExternalIdNamesVersions()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        Memory& memory = (*store)->memory();
        const auto first = memory.remember("default", {{"One.", "", "mine", {}}});
        const auto second = memory.remember("default", {{"Two.", "", "mine", {}}});
        VERIFY_OK(second);
        QVERIFY(idsOf(versionsOf(**store, first->front()).value()) == (std::vector<FragmentId>{first->front(), second->front()}));
    }

    void whatHasANewerVersionIsNotReplaced()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        Memory& memory = (*store)->memory();
        VERIFY_OK(memory.ingestBytes("a/one.txt", "First text.", {}));
        const FragmentId first = memory.resolve("a/one.txt").value();
        VERIFY_OK(replaceDocument(**store, first, "Second text.", {}));
        COMPARE_ERROR(replaceDocument(**store, first, "Third text.", {}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(replaceDocument(**store, first, std::string(2000, 'a'), {}, 1000), ErrorCode::LimitExceeded);
        COMPARE_ERROR(replaceDocument(**store, FragmentId{}, "Third text.", {}), ErrorCode::NotFound);
    }

    /// The tree that was read last is kept at hand: what was read before a replacement must not say afterwards that it is current.
    void whatWasShownBeforeAReplacementIsCurrentNoMore()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        Memory& memory = (*store)->memory();
        VERIFY_OK(memory.ingestBytes("a/one.txt", "First text.", {}));
        const FragmentId first = memory.resolve("a/one.txt").value();
        QVERIFY(memory.tree(first)->document.current);
        VERIFY_OK(memory.ingestBytes("a/one.txt", "Second text.", {}));
        const FragmentId second = memory.resolve("a/one.txt").value();
        QVERIFY(!memory.tree(first)->document.current);
        QVERIFY(!memory.show(first)->document.current);
        QVERIFY(memory.show(second)->document.current);
        VERIFY_OK(memory.show(first));
        VERIFY_OK(memory.forget({second}, {}, {})); // takes the first along
        QVERIFY(!memory.show(first).has_value() || memory.show(first)->state == FragmentState::Forgotten);
    }
};

CARMA_TEST_CLASS(TestHistory, "test_history")

#include "test_history.moc"
