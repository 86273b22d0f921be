// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin_folders.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::test;

/// The reconstructor of the tree.
class TestExtractive : public QObject {
    Q_OBJECT

private:
    static Gap gap()
    {
        return {.before = {"It rained all week.", "The ferry to the island leaves at noon. Bring a coat."},
            .after = {"Nobody knows when the last ferry returns from the island. Tea is served below."},
            .bytes = 0};
    }

private slots:
    void picksWhatBothSidesSpeakOf()
    {
        for (const bool trusted : {false, true}) {
            PluginOptions options = builtPlugins();
            if (trusted) {
                options.trusted = {"extractive"};
                options.workerProgram = "/nonexistent";
            }
            const auto opened = openPluginReconstructor("extractive", options);
            VERIFY_OK(opened);
            const auto found = (*opened)->reconstruct(gap());
            VERIFY_OK(found);
            QCOMPARE(found->text,
                std::string("The ferry to the island leaves at noon. Nobody knows when the last ferry returns from the island."));
            QCOMPARE(found->evidence, (std::vector<std::uint32_t>{1, 2}));
            QVERIFY(found->confidence > 0 && found->confidence <= 0.5);
        }
    }

    void saysNothingWhereNothingIsShared()
    {
        const auto opened = openPluginReconstructor("extractive", builtPlugins());
        VERIFY_OK(opened);
        const auto found = (*opened)->reconstruct({.before = {"It rained."}, .after = {"Tea is served."}, .bytes = 10});
        VERIFY_OK(found);
        QCOMPARE(found->text, std::string());
        Gap tight = gap();
        tight.bytes = 45;
        const auto one = (*opened)->reconstruct(tight);
        VERIFY_OK(one);
        QCOMPARE(one->text, std::string("The ferry to the island leaves at noon."));
    }

    void boundsWhatItIsGiven()
    {
        const auto opened = openPluginReconstructor("extractive", builtPlugins());
        VERIFY_OK(opened);
        COMPARE_ERROR(
            (*opened)->reconstruct({.before = std::vector<std::string>(65, "x"), .after = {}, .bytes = 0}), ErrorCode::LimitExceeded);
        COMPARE_ERROR((*opened)->reconstruct({.before = {std::string(3U << 20U, 'x')}, .after = {}, .bytes = 0}), ErrorCode::LimitExceeded);
    }

    void passesItsTest()
    {
        const auto report = testPlugin("extractive", builtPlugins());
        VERIFY_OK(report);
        for (const PluginCheck& check : report->checks) {
            QVERIFY2(check.passed, (check.name + ": " + check.detail).c_str());
        }
    }
};

CARMA_TEST_CLASS(TestExtractive, "test_extractive")

#include "test_extractive.moc"
