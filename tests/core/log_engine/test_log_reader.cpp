// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::LogFixture;

class TestLogReader : public QObject {
    Q_OBJECT

private slots:
    void aReaderFollowsTheWriterByRefresh()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(2));
        auto reader = fixture.openReader();
        VERIFY_OK(reader);
        for (int round = 0; round < 12; ++round) {
            VERIFY_OK(fixture.fill(2)); // over the ends of several segments
            QVERIFY((*reader)->end() < fixture.log->end());
            VERIFY_OK((*reader)->refresh());
            QCOMPARE((*reader)->end(), fixture.log->end());
            VERIFY_NOTHING_WRONG(fixture.check(**reader));
        }
        QVERIFY((*reader)->counts().sealedSegments >= 2);
    }

    void aReaderFollowsAPurge()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(6));
        auto reader = fixture.openReader();
        VERIFY_OK(reader);
        VERIFY_NOTHING_WRONG(fixture.check(**reader));
        VERIFY_OK(fixture.purge({1, 2}));
        VERIFY_OK((*reader)->refresh());
        VERIFY_NOTHING_WRONG(fixture.check(**reader));
    }

    void aRefreshWithoutNewsChangesNothing()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(6));
        auto reader = fixture.openReader();
        VERIFY_OK(reader);
        fixture.disk.failOps({.on = disk::SimOp::Write, .persistent = true});
        VERIFY_OK((*reader)->refresh());
        VERIFY_NOTHING_WRONG(fixture.check(**reader));
    }

    void aReaderLearnsNamespacesAndDictionariesByRefresh()
    {
        LogFixture fixture;
        auto reader = fixture.openReader();
        VERIFY_OK(reader);
        const auto space = fixture.log->keys().createSpace("clara");
        VERIFY_OK(space);
        fixture.spaces.push_back((*space)->id);
        QVERIFY((*reader)->keys().findByName("clara") == nullptr);
        VERIFY_OK(fixture.append({100, 200}, 2));
        VERIFY_OK((*reader)->refresh());
        QVERIFY((*reader)->keys().findByName("clara") != nullptr);
        VERIFY_NOTHING_WRONG(fixture.check(**reader));
    }

    void aReaderRefusesToChangeAnything()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(6));
        VERIFY_OK(fixture.close());
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(2)));
        const Hash128 before = fixture.disk.fingerprint();
        const std::uint64_t writes = fixture.disk.opCount(disk::SimOp::Write);
        auto reader = fixture.openReader();
        VERIFY_OK(reader);
        const NewRecord record{RecordType::Fragment, fixture.spaces[0], asBytes("text")};
        COMPARE_ERROR((*reader)->append(std::span(&record, 1)), ErrorCode::Busy);
        COMPARE_ERROR((*reader)->heal(Task{}), ErrorCode::Busy);
        COMPARE_ERROR((*reader)->seal(), ErrorCode::Busy);
        COMPARE_ERROR((*reader)->purge({1}, Task{}), ErrorCode::Busy);
        COMPARE_ERROR((*reader)->updateSuperblock(fixture.superblock), ErrorCode::Busy);
        VERIFY_OK((*reader)->skipTo((*reader)->end() + 5));
        const auto found = (*reader)->scrub(Task{});
        VERIFY_OK(found);
        QCOMPARE(found->damage.faultsCount, 1U);
        VERIFY_NOTHING_WRONG(fixture.check(**reader));
        VERIFY_OK((*reader)->close());
        QVERIFY(fixture.disk.fingerprint() == before);
        QCOMPARE(fixture.disk.opCount(disk::SimOp::Write), writes);
    }

    void aReaderSeesACrashedLogWithoutRepairingIt()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(3));
        fixture.disk.cutPowerAfter(2);
        (void)fixture.append({9000}).has_value();
        fixture.crash(disk::SimCrash::KeepUnsynced);
        const Hash128 before = fixture.disk.fingerprint();
        auto reader = fixture.openReader();
        VERIFY_OK(reader);
        VERIFY_NOTHING_WRONG(fixture.check(**reader));
        QVERIFY(fixture.disk.fingerprint() == before);
    }

    void updateSuperblockRaisesTheEpoch()
    {
        LogFixture fixture;
        const std::uint64_t epoch = fixture.log->superblock().epoch;
        VERIFY_OK(fixture.log->updateSuperblock(fixture.log->superblock()));
        QCOMPARE(fixture.log->superblock().epoch, epoch + 1);
        const auto reading = readSuperblock(fixture.disk, shardFolders(fixture.superblock.geometry));
        VERIFY_OK(reading);
        QVERIFY(reading->clean());
        QCOMPARE(reading->superblock.epoch, epoch + 1);
    }
};

CARMA_TEST_CLASS(TestLogReader, "test_log_reader")

#include "test_log_reader.moc"
