// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

#include <QFrame>

#include <memory>

class QLabel;
class QPushButton;
class QTemporaryDir;

namespace carma::gui {

/// A guided tour: makes a store of the sample corpus in a temporary folder and leads through the pages, step by step.
class Tour : public QFrame {
    Q_OBJECT

public:
    explicit Tour(Shell& shell, QWidget* parent = nullptr);
    ~Tour() override;
    void begin();
    /// Only the store, without the steps: for pictures.
    void makeStore();
    [[nodiscard]] int step() const { return m_step; }

signals:
    void ready(); ///< the sample store is open and filled

private:
    void showStep(int step);
    void fill();

    Shell& m_shell;
    std::unique_ptr<QTemporaryDir> m_folder;
    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_next;
    bool m_guided = false;
    bool m_filling = false;
    int m_step = 0;
};

} // namespace carma::gui
