// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store_session.h"
#include "frame/main_window.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTimer>

#include <functional>
#include <memory>

class QLineEdit;
class QPushButton;
class QTabWidget;
class QTableView;

namespace carma::test {

/// The application that widgets need, without a display; made at the first call, in a class's initTestCase.
void needApplication();

/// Lets the event loop run until `condition` holds; false after a minute.
bool waitUntil(const std::function<bool()>& condition);

/// Parts of a window by what people read or assistive tools say; null if there is none.
QPushButton* buttonCalled(QWidget& root, const QString& text); ///< that can be seen
QLineEdit* lineCalled(QWidget& root, const QString& name);
QTableView* tableCalled(QWidget& root, const QString& name);
QTabWidget* tabsOf(QWidget& root); ///< the first

/// A window with settings of its own and a small store of three documents in a temporary folder.
class WindowFixture {
public:
    WindowFixture();
    ~WindowFixture();
    /// Makes the store and opens it in the window.
    bool open();
    gui::MainWindow& window() { return *m_window; }
    [[nodiscard]] QString storePath() const { return m_folder.filePath("store"); }
    [[nodiscard]] QString keyFile() const { return m_folder.filePath("store.key"); }
    [[nodiscard]] QString folder() const { return m_folder.path(); }
    bool make();
    bool idle()
    {
        return waitUntil([this] { return m_window->session().jobs().running() == 0; });
    }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<gui::SettingsFile> m_file;
    std::unique_ptr<gui::MainWindow> m_window;
};

/// Measures how long the event loop of this thread was kept from running.
class Watchdog : public QObject {
public:
    Watchdog();
    [[nodiscard]] qint64 longestMs() const { return m_longestMs; }
    /// The same without the time that the thread could have run and got no processor: what the program is to blame for. Where the
    /// system does not tell that time, it is longestMs().
    [[nodiscard]] qint64 longestOwnMs() const { return m_longestOwnMs; }
    /// How long the thread was at work in one go, waiting for anything left out.
    [[nodiscard]] qint64 longestBusyMs() const { return m_longestBusyMs; }
    void restart();

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    qint64 m_longestMs = 0, m_longestOwnMs = 0, m_longestBusyMs = 0;
    std::pair<qint64, qint64> m_times;
    QFile m_schedule;
};

} // namespace carma::test
