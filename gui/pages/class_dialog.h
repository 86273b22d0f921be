// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/keys.h>

#include <QDialog>

#include <array>

class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace carma::gui {

/// A rate class of the store's own: how many uses, in how many seconds, how many at once.
class ClassDialog : public QDialog {
    Q_OBJECT

public:
    ClassDialog(const KeyRateClass& begin, QWidget* parent); ///< an empty name for a new one
    [[nodiscard]] Result<KeyRateClass> wanted() const;       ///< InvalidArgument says what is wrong

private:
    struct Fields {
        QSpinBox *count, *seconds, *burst;
    };
    void check();

    QLineEdit* m_name;
    std::array<Fields, 3> m_limits{}; ///< read, write, heavy
    QLabel* m_verdict;
    QPushButton* m_keep;
};

} // namespace carma::gui
