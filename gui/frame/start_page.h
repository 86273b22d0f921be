// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QListWidget;
class QPushButton;

namespace carma::gui {

struct Settings;

/// What is seen while no store is open: recent stores, and ways to get one.
class StartPage : public QWidget {
    Q_OBJECT

public:
    explicit StartPage(QWidget* parent = nullptr);
    void setStores(const Settings& settings); ///< those that were opened last, with their profiles
    void setLocked(const QString& path);      ///< empty: nothing was locked

signals:
    void openWanted(const QString& path); ///< empty: the user chooses
    void createWanted();
    void tourWanted();
    void profileWanted(const QString& path);

private:
    QListWidget* m_recent;
    QWidget* m_none;
    QPushButton* m_unlock;
    QPushButton* m_profile;
    QString m_locked;
};

} // namespace carma::gui
