// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::cutAtEach;
using carma::test::LogFixture;
using disk::SimCrash;

namespace {

void addCrashKinds()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("what was not synced is lost") << static_cast<int>(SimCrash::LoseUnsynced);
    QTest::newRow("everything is kept") << static_cast<int>(SimCrash::KeepUnsynced);
    QTest::newRow("torn and reordered") << static_cast<int>(SimCrash::Seeded);
}

} // namespace

class TestLogCrash : public QObject {
    Q_OBJECT

private slots:
    void aBatchIsThereWholeOrNotAtAll_data() { addCrashKinds(); }
    void aBatchIsThereWholeOrNotAtAll()
    {
        QFETCH(int, kind);
        LogFixture fixture;
        VERIFY_OK(fixture.append({300, 700}));
        VERIFY_OK(fixture.close());
        const auto work = [&] {
            if (fixture.open().has_value()) {
                (void)fixture.append({50, 5000, 60, 9000}, 1).has_value();
                (void)fixture.append({4000, 30}).has_value();
            }
        };
        VERIFY_NOTHING_WRONG(cutAtEach(fixture, fixture.save(), static_cast<SimCrash>(kind), work));
    }

    void sealingLosesNothing_data() { addCrashKinds(); }
    void sealingLosesNothing()
    {
        QFETCH(int, kind);
        LogFixture fixture;
        VERIFY_OK(fixture.append({300, 5000}));
        VERIFY_OK(fixture.close());
        const auto work = [&] {
            if (fixture.open().has_value()) {
                (void)fixture.log->seal().has_value();
                (void)fixture.append({100}).has_value();
            }
        };
        VERIFY_NOTHING_WRONG(cutAtEach(fixture, fixture.save(), static_cast<SimCrash>(kind), work));
    }

    void healingLosesNothing_data() { addCrashKinds(); }
    void healingLosesNothing()
    {
        QFETCH(int, kind);
        LogFixture fixture;
        VERIFY_OK(fixture.append({300, 5000}));
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.append({100, 200}));
        VERIFY_OK(fixture.close());
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(1)));
        for (const std::string& path : fixture.filesNamed(LogFixture::folder(2))) {
            VERIFY_OK(fixture.disk.zeroRange(path, 1000, 500));
        }
        const auto work = [&] {
            if (fixture.open().has_value()) {
                (void)fixture.heal().has_value();
            }
        };
        VERIFY_NOTHING_WRONG(cutAtEach(fixture, fixture.save(), static_cast<SimCrash>(kind), work));
    }

    void acknowledgedStaysOverManyCrashes_data() { addCrashKinds(); }
    void acknowledgedStaysOverManyCrashes()
    {
        QFETCH(int, kind);
        LogFixture fixture(7);
        for (int round = 0; round < 25; ++round) {
            fixture.disk.cutPowerAfter(fixture.random.below(120));
            while (!fixture.disk.powerIsOff()) {
                (void)fixture.fill(1).has_value();
                if (fixture.random.below(6) == 0) {
                    (void)fixture.log->seal().has_value();
                }
            }
            fixture.crash(static_cast<SimCrash>(kind));
            VERIFY_OK(fixture.open());
            VERIFY_NOTHING_WRONG(fixture.check());
        }
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }

    void aKilledProcessLosesNothing()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(9));
        fixture.disk.killProcess();
        fixture.log.reset();
        VERIFY_OK(fixture.open());
        VERIFY_NOTHING_WRONG(fixture.check());
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }
};

CARMA_TEST_CLASS(TestLogCrash, "test_log_crash")

#include "test_log_crash.moc"
