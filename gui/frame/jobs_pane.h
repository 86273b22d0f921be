// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/jobs.h"

#include <QWidget>

class QLabel;
class QListView;
class QPushButton;

namespace carma::gui {

/// Long work with progress, rate, time left, and a button that stops it.
class JobsPane : public QWidget {
    Q_OBJECT

public:
    explicit JobsPane(JobsModel& jobs, QWidget* parent = nullptr);
    void cancelCurrent();
    [[nodiscard]] QStringList command() const; ///< of the chosen job, else of the newest

private:
    void update();

    JobsModel& m_jobs;
    QListView* m_list;
    QWidget* m_buttons;
    QPushButton* m_copy;
    QLabel* m_empty;
};

} // namespace carma::gui
