// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plugins/faulty_plugin.h"
#include "frame/widgets.h"
#include "gui_support.h"
#include "pages/hits_model.h"
#include "pages/memory_page.h"
#include "pages/overview_page.h"
#include "pages/store_settings.h"
#include "support/test_main.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

bool saysAnywhere(const QWidget& root, const QString& words)
{
    for (const QLabel* label : root.findChildren<QLabel*>()) {
        if (label->text().contains(words)) {
            return true;
        }
    }
    return false;
}

void open(WindowFixture& fixture)
{
    OpenRequest request;
    request.path = fixture.storePath();
    request.keyFile = fixture.keyFile();
    fixture.window().session().open(std::move(request));
    QVERIFY(waitUntil([&] { return fixture.window().session().isOpen(); }));
}

} // namespace

/// A store whose vectors come from a plugin, with it and without.
class TestGuiPluginStore : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }
    void cleanup() { qunsetenv("CARMA_PLUGIN_PATH"); }

    void itIsSearchedByMeaningOrSaysWhyNot()
    {
        const FaultyPlugin plugin;
        qputenv("CARMA_PLUGIN_PATH", QByteArray::fromStdString(plugin.file("..")));
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        std::optional<Result<EmbedderReport>> set;
        window.session().ask(
            &window, [](Store& store) { return store.embedders().set("faulty", {}, Task{}); },
            [&set](const Result<EmbedderReport>& report) { set = report; });
        QVERIFY(waitUntil([&set] { return set.has_value(); }));
        VERIFY_OK(*set);
        QVERIFY((*set)->changed);
        window.lock();
        open(fixture); // as any other start would

        window.goTo("memory");
        auto* memory = window.findChild<MemoryPage*>();
        auto* hits = memory->findChild<HitsModel*>();
        auto* mode = memory->findChild<QComboBox*>();
        QCOMPARE(mode->accessibleName(), QString("How to search"));
        mode->setCurrentText("Meaning");
        memory->open("where is the spare key");
        QVERIFY(waitUntil([&] { return hits->rowCount() > 0; }));
        QVERIFY(!saysAnywhere(*memory, "searched by words only"));

        window.lock();
        qputenv("CARMA_PLUGIN_PATH", QByteArray::fromStdString(fixture.folder().toStdString() + "/no plugins"));
        open(fixture);
        auto* overview = window.findChild<OverviewPage*>();
        QVERIFY(waitUntil([&] { return buttonCalled(*overview, "Open Settings") != nullptr; }));
        QVERIFY(saysAnywhere(*overview, "Questions go by words only: "));
        QTest::mouseClick(buttonCalled(*overview, "Open Settings"), Qt::LeftButton);
        QCOMPARE(window.currentPage(), QString("settings"));
        auto* settings = window.findChild<StoreSettings*>();
        QVERIFY(waitUntil([&] { return saysAnywhere(*settings, "Questions go by words only: "); }));
        QVERIFY(saysAnywhere(*settings, "faulty"));

        window.goTo("memory");
        mode->setCurrentText("Hybrid");
        memory->open("spare key");
        QVERIFY(waitUntil([&] { return hits->rowCount() > 0; }));
        QVERIFY(saysAnywhere(*memory, "searched by words only"));
        mode->setCurrentText("Meaning");
        auto* problem = window.findChild<ProblemPanel*>();
        QVERIFY(waitUntil([&] { return problem->isVisible(); }));
        QCOMPARE(problem->problem().what, QString("The store cannot be searched by meaning now."));
        QVERIFY(problem->problem().why.contains("faulty"));
        QTest::mouseClick(problem->remedyButton(), Qt::LeftButton);
        QCOMPARE(window.currentPage(), QString("settings"));
    }
};

CARMA_TEST_CLASS(TestGuiPluginStore, "test_plugin_store")

#include "test_plugin_store.moc"
