// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/theme.h"
#include "frame/profile_dialog.h"
#include "frame/start_page.h"
#include "frame/unlock_dialog.h"
#include "gui_support.h"
#include "support/test_main.h"

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

/// Names and habits of stores, and the red mark of those in production.
class TestGuiProfiles : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void profilesAreKept()
    {
        const QTemporaryDir folder;
        SettingsFile file(folder.filePath("settings.ini"));
        Settings settings;
        settings.keepProfile({"/srv/a/", "Town", "/keys/a", true, true});
        settings.keepProfile({"/srv/b", "Harbour", "", false, false});
        settings.keepProfile({"/srv/a", "Town library", "/keys/a", true, true}); // the same store
        QVERIFY(file.save(settings));
        Settings again = file.load();
        QCOMPARE(again.profiles.size(), 2);
        QCOMPARE(again.profileOf("/srv/a").name, QString("Town library"));
        QVERIFY(again.profileOf("/srv/a").production && again.profileOf("/srv/a").readOnly);
        QCOMPARE(again.profileOf("/srv/c").name, QString());
        again.keepProfile({"/srv/b", "", "", false, false}); // without a wish it is no profile
        QCOMPARE(again.profiles.size(), 1);
    }

    void theWindowIsMarkedWhileAStoreInProductionIsOpen()
    {
        WindowFixture fixture;
        MainWindow& window = fixture.window();
        auto* band = window.findChild<QLabel*>("production");
        QVERIFY(band != nullptr && !band->isVisible());
        window.settings().keepProfile({fixture.storePath(), "Town library", fixture.keyFile(), false, true});
        QVERIFY(fixture.open());
        QVERIFY(band->isVisible());
        QVERIFY(band->text().contains("Town library") && band->text().contains("production")); // not by colour alone
        const QImage picture = band->grab().toImage();
        const QColor ground = picture.pixelColor(2, 2);
        QVERIFY(ground.red() > 150 && ground.green() < 70);
        QVERIFY(contrast(Qt::white, ground) >= 4.5);
        window.lock();
        QVERIFY(!band->isVisible());
        const auto* list = window.findChild<StartPage*>()->findChild<QListWidget*>();
        QVERIFY(list->item(0)->text().contains("Town library"));
        QVERIFY(list->item(0)->text().contains("production"));
    }

    void theDialogChangesTheMark()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        auto* band = window.findChild<QLabel*>("production");
        QTest::keyClick(&window, Qt::Key_O, Qt::ControlModifier | Qt::AltModifier);
        auto* dialog = window.findChild<ProfileDialog*>();
        QVERIFY(dialog != nullptr);
        lineCalled(*dialog, "Name")->setText("Harbour");
        for (QCheckBox* box : dialog->findChildren<QCheckBox*>()) {
            QTest::mouseClick(box, Qt::LeftButton, {}, {8, box->height() / 2});
        }
        QTest::mouseClick(buttonCalled(*dialog, "Keep"), Qt::LeftButton);
        QVERIFY(band->isVisible() && band->text().contains("Harbour"));
        QVERIFY(window.settings().profileOf(fixture.storePath()).readOnly);
    }

    void theUnlockDialogKnowsTheStore()
    {
        WindowFixture fixture;
        fixture.window().settings().keepProfile({"/srv/a", "Town", "/keys/a.key", true, true});
        UnlockDialog dialog(fixture.window().session(), "/none", &fixture.window());
        dialog.useProfiles(fixture.window().settings());
        QVERIFY(lineCalled(dialog, "Key file")->text().isEmpty());
        lineCalled(dialog, "Folder of the store")->setText("/srv/a");
        QCOMPARE(lineCalled(dialog, "Key file")->text(), QString("/keys/a.key"));
        QVERIFY(dialog.findChild<QCheckBox*>()->isChecked());
    }
};

CARMA_TEST_CLASS(TestGuiProfiles, "test_profiles")

#include "test_profiles.moc"
