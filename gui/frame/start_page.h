// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QListWidget;
class QPushButton;

namespace carma::gui {

/// What is seen while no store is open: recent stores, and ways to get one.
class StartPage : public QWidget {
    Q_OBJECT

public:
    explicit StartPage(QWidget* parent = nullptr);
    void setRecent(const QStringList& paths);
    void setLocked(const QString& path); ///< empty: nothing was locked

signals:
    void openWanted(const QString& path); ///< empty: the user chooses
    void createWanted();
    void tourWanted();

private:
    QListWidget* m_recent;
    QWidget* m_none;
    QPushButton* m_unlock;
    QString m_locked;
};

} // namespace carma::gui
